import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GATES } from '../../src/gates/index.ts';

interface GateKeys {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly patternProperties: Readonly<Record<string, unknown>>;
}

test('every gate that registry.yaml may ask for is one that judges, and none judges that it cannot ask for', () => {
  const schema = JSON.parse(readFileSync('src/schema/registry-yaml.schema.json', 'utf8')) as {
    readonly $defs: { readonly gates: GateKeys };
  };
  const { properties, patternProperties } = schema.$defs.gates;
  const patterns = Object.keys(patternProperties).map((pattern) => /^\^([a-z]+)_/.exec(pattern)?.[1] ?? pattern);
  expect(GATES.map(({ name }) => name).sort()).toEqual([...Object.keys(properties), ...patterns].sort());
});
