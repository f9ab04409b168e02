import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Sha256, sha256Of } from '../../../src/domain/digest.ts';
import { encodeDocument } from '../../../src/domain/document-json.ts';
import type { RegistryEvent } from '../../../src/domain/event.ts';
import { commitTime } from '../../../src/domain/event-chain.ts';
import { eventMessage } from '../../../src/domain/event-message.ts';
import { encodeCommit } from '../../../src/domain/git-object.ts';
import { decodeEvent, eventJsonOf } from '../../../src/schema/decode-event.ts';

interface Vector {
  readonly event: RegistryEvent;
  readonly message: string;
  readonly event_sha256: Sha256;
  readonly commit_text: string;
  readonly commit: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../fixtures/vectors/event.json', import.meta.url), 'utf8'),
) as readonly Vector[];

function gitId(type: string, body: string): string {
  return createHash('sha1')
    .update(`${type} ${Buffer.byteLength(body)}\0`)
    .update(body)
    .digest('hex');
}

describe.each(vectors.map((vector) => [`${vector.event.seq} ${vector.event.kind}`, vector] as const))(
  'event vector %s',
  (_, vector) => {
    const json = encodeDocument(vector.event as unknown as Parameters<typeof encodeDocument>[0]);

    test('encodes to the message and digest of the independent implementation', () => {
      expect(eventMessage(vector.event, json)).toBe(vector.message);
      expect(sha256Of(json)).toBe(vector.event_sha256);
    });

    test('decodes to the same event', () => {
      expect(eventJsonOf(vector.message)).toBe(json);
      expect(decodeEvent(json)).toEqual({
        kind: 'event',
        logged: { event: vector.event, json, digest: vector.event_sha256 },
      });
    });

    test('has the commit text and id of the independent implementation', () => {
      const parents = [...vector.commit_text.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id]) => id);
      const who = `${vector.event.by.name} <${vector.event.by.email}> ${commitTime(vector.event.at)}`;
      const body = encodeCommit({
        tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
        parents,
        author: who,
        committer: who,
        message: vector.message,
      } as unknown as Parameters<typeof encodeCommit>[0]);
      const text = new TextDecoder().decode(body);
      expect(text).toBe(vector.commit_text);
      expect(gitId('commit', text)).toBe(vector.commit);
    });
  },
);
