import { describe, expect, test } from 'vitest';
import { CACHE_THRESHOLD, roleOf, storeOf } from '../../../src/domain/role.ts';

describe('a role is given by the base name, the first rule that matches', () => {
  test.each([
    ['eval_report.json', 'eval'],
    ['a/b/eval_report.json', 'eval'],
    ['train_manifest.json', 'train'],
    ['tokenizer.json', 'tokenizer'],
    ['tokenizer_config.json', 'tokenizer'],
    ['special_tokens_map.json', 'tokenizer'],
    ['added_tokens.json', 'tokenizer'],
    ['vocab.json', 'tokenizer'],
    ['vocab.txt', 'tokenizer'],
    ['merges.txt', 'tokenizer'],
    ['x/tokenizer.model', 'tokenizer'],
    ['spiece.model', 'tokenizer'],
    ['model.safetensors', 'weights'],
    ['model.gguf', 'weights'],
    ['.bin', 'weights'],
    ['a.pickle', 'weights'],
    ['saved_model.pb', 'weights'],
    ['xgb.ubj', 'weights'],
    ['config.json', 'config'],
    ['model.safetensors.index.json', 'config'],
    ['Eval_Report.json', 'config'],
    ['README.md', 'doc'],
    ['notes.txt', 'doc'],
    ['LICENSE', 'doc'],
    ['LICENSE-APACHE', 'doc'],
    ['license', 'other'],
    ['a.MD', 'other'],
    ['a.SAFETENSORS', 'other'],
    ['safetensors', 'other'],
    ['x.model', 'other'],
    ['model.bin/x', 'other'],
    ['train.jsonl', 'other'],
    ['code.py', 'other'],
  ])('%s: %s', (path, role) => {
    expect(roleOf(path)).toBe(role);
  });
});

test('weights of any size and files over 1 MiB are cached, the rest is in git', () => {
  expect(CACHE_THRESHOLD).toBe(2 ** 20);
  expect(storeOf('weights', 0)).toBe('cache');
  expect(storeOf('tokenizer', CACHE_THRESHOLD)).toBe('git');
  expect(storeOf('tokenizer', CACHE_THRESHOLD + 1)).toBe('cache');
});
