import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize, encodeJson } from '../../src/domain/canonical-json.ts';
import { RegistryError } from '../../src/domain/errors.ts';
import { anyFloat, choices, edits, jsonValue, writeSomehow } from '../support/json-arbitraries.ts';
import { runPython } from '../support/python.ts';
import { lacks } from '../support/tools.ts';

/** Format §2 in Python: one base64 document a line in, its canonical form or `-` a line out. */
const REFERENCE = String.raw`
import base64, json, math, sys

def refuse(name):
    raise ValueError(name)

def depth(text):
    deepest = now = 0
    inside = False
    at = 0
    while at < len(text):
        c = text[at]
        if inside:
            if c == '\\':
                at += 1
            elif c == '"':
                inside = False
        elif c == '"':
            inside = True
        elif c in '[{':
            now += 1
            deepest = max(deepest, now)
        elif c in ']}':
            now -= 1
        at += 1
    return deepest

def members(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        refuse('duplicate-key')
    return dict(pairs)

def number(text):
    value = float(text)
    return value if math.isfinite(value) else refuse('non-finite')

def integer(text):
    return int(text) if len(text.lstrip('-')) <= 4300 else refuse('integer-too-long')

def canonical(data):
    text = data.decode('utf-8')
    if depth(text) > 512:
        refuse('too-deep')
    value = json.loads(text, object_pairs_hook=members, parse_int=integer, parse_float=number, parse_constant=refuse)
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode('utf-8')

for line in sys.stdin:
    try:
        print(base64.b64encode(canonical(base64.b64decode(line))).decode())
    except ValueError:
        print('-')
`;

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function ours(bytes: Uint8Array): string {
  try {
    return toBase64(canonicalize(bytes, 'f.json'));
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return '-';
    throw error;
  }
}

/** Documents on which we and Python differ, readable; and how many each side took. */
function compare(documents: readonly Uint8Array[]): {
  readonly differing: readonly string[];
  readonly accepted: number;
} {
  const answers = runPython(REFERENCE, documents.map((bytes) => `${toBase64(bytes)}\n`).join('')).split('\n');
  expect(answers).toHaveLength(documents.length + 1);
  const differing = documents.flatMap((bytes, at) => {
    const [mine, theirs] = [ours(bytes), answers[at] ?? ''];
    return mine === theirs ? [] : [`${JSON.stringify(Buffer.from(bytes).toString())}: ${mine} is not ${theirs}`];
  });
  return { differing, accepted: answers.filter((answer) => answer !== '-').length - 1 };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe.skipIf(lacks('python3'))('Python prints the same canonical JSON', () => {
  test('of generated documents in any spelling', () => {
    const documents = fc
      .sample(fc.tuple(jsonValue, choices), 4000)
      .map(([value, choose]) => bytesOf(writeSomehow(value, choose)));
    expect(compare(documents)).toEqual({ differing: [], accepted: documents.length });
  });

  test('of documents with a few edits, and refuses the same ones', () => {
    const documents = fc
      .sample(fc.tuple(jsonValue, choices, edits), 8000)
      .map(([value, choose, edit]) => bytesOf(edit(writeSomehow(value, choose))));
    const { differing, accepted } = compare(documents);
    expect(differing).toEqual([]);
    expect(accepted).toBeGreaterThan(documents.length / 100);
    expect(accepted).toBeLessThan(documents.length);
  });

  test('of documents with damaged bytes, and refuses the same ones', () => {
    const documents = fc
      .sample(fc.tuple(jsonValue, fc.nat(), fc.integer({ min: 0x80, max: 0xff })), 2000)
      .map(([value, at, byte]) => {
        const bytes = bytesOf(encodeJson(value));
        return bytes.with(at % bytes.length, byte);
      });
    expect(compare(documents).differing).toEqual([]);
  });

  test('of floats of any bits, and of decimals that lie next to one', () => {
    const floats = fc.sample(anyFloat, 40_000);
    const spelled = floats.flatMap((value) =>
      [value.toPrecision(17), value.toPrecision(16), value.toPrecision(15)].map(asFloat),
    );
    const shortest = floats.map((value) => asFloat(String(value)));
    const middling = fc
      .sample(fc.double({ min: 1e-6, max: 1e22, noNaN: true }), 20_000)
      .map((value) => asFloat(String(value)));
    const powers = Array.from({ length: 660 }, (_, at) => [`1e${at - 340}`, `-9.999999999999999e${at - 340}`]).flat();
    const documents = [...spelled, ...shortest, ...middling, ...powers].map(bytesOf);
    expect(compare(documents).differing).toEqual([]);
  });

  test('of integers up to the limit of digits, and refuses longer ones', () => {
    const lengths = [1, 15, 16, 17, 20, 308, 309, 4299, 4300, 4301, 5000];
    const documents = lengths
      .flatMap((length) => ['9'.repeat(length), `-${'9'.repeat(length)}`, `-${'1'.repeat(length)}.0`])
      .map(bytesOf);
    const { differing, accepted } = compare(documents);
    expect(differing).toEqual([]);
    expect(accepted).toBe(
      lengths.filter((length) => length <= 4300).length * 2 + lengths.filter((length) => length <= 308).length + 1,
    );
  });

  test('of brackets up to the limit of depth, and refuses deeper ones', () => {
    const documents = [511, 512, 513, 900].flatMap((depth) => [
      '['.repeat(depth) + ']'.repeat(depth),
      `${'{"a":'.repeat(depth)}null${'}'.repeat(depth)}`,
    ]);
    expect(compare(documents.map(bytesOf))).toEqual({ differing: [], accepted: 4 });
  });
});

/** Python and JSON take a number without a point or an exponent for an integer. */
function asFloat(text: string): string {
  return /[.e]/.test(text) ? text : `${text}.0`;
}
