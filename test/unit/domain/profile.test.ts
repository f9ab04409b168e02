import { describe, expect, test } from 'vitest';
import { isCanonicalFile, LM_FILES, parseProfile, planProfile } from '../../../src/domain/profile.ts';
import { faultOf } from '../../support/fault-of.ts';

describe('planProfile', () => {
  test.each<[string, Parameters<typeof planProfile>[0], string]>([
    ['exactly the five names', { paths: [...LM_FILES].reverse() }, 'lm/1'],
    ['weights alone', { paths: ['model.safetensors'] }, 'files/1'],
    ['weights with other files', { paths: ['model.safetensors', 'config.json', 'tokenizer.json'] }, 'files/1'],
    ['reports without weights', { paths: ['eval_report.json', 'train_manifest.json'] }, 'files/1'],
    ['the names in a folder', { paths: LM_FILES.map((name) => `x/${name}`) }, 'files/1'],
    ['sharded weights with a report', { paths: ['model-00001-of-00002.safetensors', 'eval_report.json'] }, 'files/1'],
    ['as requested', { requested: 'files/1', paths: [...LM_FILES] }, 'files/1'],
    ['as the model has it', { modelProfile: 'files/1', paths: [...LM_FILES] }, 'files/1'],
    [
      'as requested before as the model has it',
      { requested: 'files/1', modelProfile: 'lm/1', paths: ['a'] },
      'files/1',
    ],
  ])('%s', (_, request, profile) => {
    expect(planProfile(request)).toBe(profile);
  });

  test.each<[string, Parameters<typeof planProfile>[0], object]>([
    [
      'half of an lm/1',
      { paths: ['model.safetensors', 'eval_report.json'] },
      { profile: 'lm/1', missing: ['tokenizer.json', 'config.json', 'train_manifest.json'], extra: [] },
    ],
    ['an lm/1 and more', { paths: [...LM_FILES, 'README.md'] }, { profile: 'lm/1', missing: [], extra: ['README.md'] }],
    [
      'other files in a model of lm/1',
      { modelProfile: 'lm/1', paths: ['data.csv'] },
      { profile: 'lm/1', missing: [...LM_FILES], extra: ['data.csv'] },
    ],
    [
      'other files where lm/1 is requested',
      { requested: 'lm/1', modelProfile: 'files/1', paths: LM_FILES.slice(1) },
      { profile: 'lm/1', missing: ['model.safetensors'], extra: [] },
    ],
    ['no file', { paths: [] }, { profile: 'files/1', missing: [], extra: [] }],
  ])('refuses %s', (_, request, data) => {
    expect(faultOf(() => planProfile(request))).toEqual({ code: 'bad-bundle', data });
  });
});

test('a profile is named exactly', () => {
  expect(parseProfile('lm/1')).toBe('lm/1');
  expect(parseProfile('files/1')).toBe('files/1');
  expect(faultOf(() => parseProfile('lm/2'))).toEqual({ code: 'usage', data: { profile: 'lm/2' } });
});

test('lm/1 stores all its JSON in canonical form, files/1 its two root-level reports', () => {
  expect(LM_FILES.filter((name) => isCanonicalFile('lm/1', name))).toEqual(LM_FILES.slice(1));
  const paths = ['eval_report.json', 'train_manifest.json', 'config.json', 'tokenizer.json', 'x/eval_report.json'];
  expect(paths.filter((path) => isCanonicalFile('files/1', path))).toEqual(['eval_report.json', 'train_manifest.json']);
});
