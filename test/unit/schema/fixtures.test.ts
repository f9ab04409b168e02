import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Validation } from '../../../src/schema/validate.ts';
import { validateEvent } from '../../../src/schema/validate-event.ts';
import { validateManifest } from '../../../src/schema/validate-manifest.ts';
import { validatePolicy } from '../../../src/schema/validate-policy.ts';

const FIXTURES = 'fixtures/schema';

const VALIDATORS: Readonly<Record<string, (value: unknown) => Validation>> = {
  event: validateEvent,
  manifest: validateManifest,
  'registry-yaml': validatePolicy,
};

/** A document that breaks one rule, and where. */
interface Broken {
  readonly why: string;
  readonly pointer: string;
  readonly document: unknown;
}

function readCases(schema: string, folder: string): [string, unknown][] {
  const at = path.join(FIXTURES, schema, folder);
  return readdirSync(at).map((file) => [path.parse(file).name, parse(readFileSync(path.join(at, file), 'utf8'))]);
}

test('every folder of fixtures has a validator', () => {
  expect(readdirSync(FIXTURES).sort()).toEqual(Object.keys(VALIDATORS).sort());
});

describe.each(Object.entries(VALIDATORS))('the schema of %s', (schema, validate) => {
  test.each(readCases(schema, 'valid'))('accepts %s', (_name, document) => {
    expect(validate(document)).toEqual({ kind: 'valid' });
  });

  test.each(readCases(schema, 'invalid') as [string, Broken][])('refuses %s, and says where', (_name, broken) => {
    expect(validate(broken.document)).toMatchObject({ kind: 'invalid', pointer: broken.pointer });
  });
});
