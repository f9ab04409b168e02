/** A registry that is published for the first time: thousands of refs, in pushes of 500 (format §7.1). */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { withHttpServer } from '../http-server.ts';
import { measure, type Variant } from '../measure.ts';
import { registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { DEEP, describeShape } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

/** Over HTTP a push takes minutes: there git names every ref and lease to its helper, which compares each with all refs of the remote. */
const ROUNDS = 1;

const NOTE =
  'One round, without a warm-up. Over HTTP git names every ref and every lease to its helper, which compares each with all refs ' +
  'of the remote; to a folder, and over ssh, one pattern and one lease stand for all. Below both is what each push of 500 ' +
  '(format §7.1) costs by itself: the remote lists, checks and locks its refs 40 times.';

const SIZE = `${describeShape(DEEP)}, 20,001 refs`;

/** Measures `push` of one model of 10,000 versions to an empty repository over HTTP, beside that to a folder. */
export async function measureFirstPush(): Promise<ReportSection> {
  const remote = cacheFolder('copies', 'first-push');
  return withHttpServer(remote, async (server) => {
    const folder = ['push', '--quiet', '--atomic', 'origin', 'refs/registry/*:refs/registry/*'];
    const variants = [
      firstPush('git', join(remote, 'git.git'), ['git', ...folder]),
      firstPush('folder', join(remote, 'folder.git'), PUSH),
      firstPush('http', server.url('http.git'), PUSH),
    ];
    const times = measure(variants, ROUNDS, { cold: true });
    return {
      title: 'First push of a registry',
      note: NOTE,
      lines: [
        ratioLine(times, { what: '`push` over HTTP', size: SIZE, subject: 'http', floor: ['folder'], target: 8 }),
        ratioLine(times, { what: '`push` to a folder', size: SIZE, subject: 'folder', floor: ['git'] }),
      ],
    };
  });
}

/** The weights of a generated registry are nowhere. */
const PUSH = registryArgv('push', 'origin', '--no-weights');

/** A push from a copy that knows of no remote yet to one that is empty, both made anew for each round. */
function firstPush(id: string, url: string, argv: Variant['argv']): Variant {
  const cwd = join(cacheFolder('copies'), `first-push-${id}`);
  const prepare = (): void => {
    const remote = join(cacheFolder('copies', 'first-push'), `${id}.git`);
    for (const folder of [cwd, remote]) rmSync(folder, { recursive: true, force: true });
    cpSync(cachedRegistry(DEEP), cwd, { recursive: true });
    gitText(cwd, ['init', '--quiet', '--bare', remote]);
    gitText(cwd, ['remote', 'add', 'origin', url]);
  };
  return { id, cwd, prepare, argv };
}
