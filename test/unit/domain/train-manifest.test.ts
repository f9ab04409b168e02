import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { readTrainManifest, type TrainManifest } from '../../../src/domain/train-manifest.ts';
import { faultOf } from '../../support/fault-of.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

function read(value: unknown): TrainManifest {
  return readTrainManifest(parseJson(new TextEncoder().encode(JSON.stringify(value)), 'train_manifest.json'));
}

test('what is absent states nothing', () => {
  expect(read({})).toEqual({});
  expect(read([{ parent_sha: 7 }])).toEqual({});
  expect(read('text')).toEqual({});
});

test('parents and inputs are read as they are stated', () => {
  expect(read({ parent_sha: a, input_shas: [b, a] })).toEqual({ parentSha: a, inputShas: [b, a] });
  expect(read({ parent_sha: null, input_shas: [] })).toEqual({ parentSha: null, inputShas: [] });
});

describe('parents and inputs of another type are refused', () => {
  test.each([
    ['parent_sha', false],
    ['parent_sha', 7],
    ['parent_sha', 'null'],
    ['parent_sha', ''],
    ['parent_sha', a.toUpperCase()],
    ['parent_sha', a.slice(1)],
    ['parent_sha', [a]],
    ['input_shas', null],
    ['input_shas', a],
    ['input_shas', [a, null]],
    ['input_shas', [a.toUpperCase()]],
    ['input_shas', { 0: a }],
  ])('%s: %j', (member, value) => {
    const fault = faultOf(() => read({ [member]: value }));
    expect(fault).toEqual({ code: 'bad-bundle', data: { file: 'train_manifest.json', member } });
  });
});

test('the other members are for reading: a wrong type is left out', () => {
  const text = `{"corpus_dvc_hash":"c","tokenizer_sha":"t","code_git_sha":"g","seed":18446744073709551615,
    "hparams":{"lr":3e-4},"mlflow_run_id":"r","environment":["x"],"unknown":1}`;
  const stated = readTrainManifest(parseJson(new TextEncoder().encode(text), 'train_manifest.json'));
  expect(stated).toEqual({
    corpusDvcHash: 'c',
    tokenizerSha: 't',
    codeGitSha: 'g',
    seed: '18446744073709551615',
    hparams: new Map([['lr', { kind: 'number', text: '0.0003' }]]),
    mlflowRunId: 'r',
    environment: ['x'],
  });
  expect(read({ seed: 'seed-7' })).toEqual({ seed: 'seed-7' });
  const wrong = {
    corpus_dvc_hash: 1,
    tokenizer_sha: null,
    code_git_sha: {},
    seed: true,
    hparams: [],
    mlflow_run_id: [],
  };
  expect(read(wrong)).toEqual({});
});
