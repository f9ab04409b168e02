import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const FOLDER = 'src/schema/output';

interface Schema {
  readonly $id: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schemas = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Schema] as const,
);

/** Yields every subschema that names properties, and every property, as `[path, schema]`. */
function* parts(schema: unknown, path: string): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  if (typeof schema !== 'object' || schema === null) return;
  if (!Array.isArray(schema) && 'properties' in schema) yield [path, schema as Readonly<Record<string, unknown>>];
  for (const [key, member] of Object.entries(schema)) yield* parts(member, `${path}/${key}`);
}

describe.each(schemas)('the schema %s', (name, schema) => {
  test('is named after its file and says what it is of', () => {
    expect(schema.$id).toBe(`urn:git-registry:schema:output:${name.replace('.schema.json', '')}`);
    expect(schema.description).toMatch(/\S/);
  });

  test('allows no members but those that it names', () => {
    const open = [...parts(schema, '')].filter(
      ([, part]) => part['type'] === 'object' && part['additionalProperties'] !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });
});

test('a definition is the same in every schema that has it', () => {
  const texts = new Map<string, Set<string>>();
  for (const [, { $defs = {} }] of schemas) {
    for (const [name, definition] of Object.entries($defs)) {
      texts.set(name, (texts.get(name) ?? new Set()).add(JSON.stringify(definition)));
    }
  }
  expect([...texts].filter(([, variants]) => variants.size > 1).map(([name]) => name)).toEqual([]);
});

test('an entry in a list is described as show describes it', () => {
  const [show, list] = ['show', 'list'].map((name) => schemas.find(([file]) => file === `${name}.schema.json`)?.[1]);
  const { keyMetrics, ...entry } = list?.$defs?.['entry']?.properties ?? {};
  expect(keyMetrics).toBeDefined();
  expect(show?.properties).toMatchObject(entry);
});
