import { describe, expect, test } from 'vitest';
import {
  collidesWith,
  decodeModelName,
  encodeModelName,
  foldModelName,
  isModelName,
  type ModelName,
  parseModelName,
  similarModelKey,
} from '../../../src/domain/model-name.ts';
import { faultOf } from '../../support/fault-of.ts';

function model(name: string): ModelName {
  return parseModelName(name, []);
}

describe('refs spell a model', () => {
  test.each([
    ['grammar-tutor', 'grammar-tutor'],
    ['fraud_detection/FraudRiskModel', 'fraud_detection/FraudRiskModel'],
    ['модель', '%D0%BC%D0%BE%D0%B4%D0%B5%D0%BB%D1%8C'],
    ['😀', '%F0%9F%98%80'],
    ['a b', 'a%20b'],
    ['100%', '100%25'],
    ['@', '%40'],
    ['a@{b', 'a%40%7Bb'],
    ['.x', '%2Ex'],
    ['-x', '%2Dx'],
    ['--upload-pack=x', '%2D-upload-pack%3Dx'],
    ['x.', 'x%2E'],
    ['x..y', 'x%2E.y'],
    ['...', '%2E%2E%2E'],
    ['x.lock', 'x%2Elock'],
    ['x.LoCk', 'x%2ELoCk'],
    ['x.lock.y', 'x.lock.y'],
    ['.lock', '%2Elock'],
    ['x..lock', 'x%2E%2Elock'],
    ['HEAD', 'HEAD'],
    ['a\u202eb', 'a%E2%80%AEb'],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('%j as %s, and back', (name, path) => {
    expect(encodeModelName(model(name))).toBe(path);
    expect(decodeModelName(path)).toBe(name);
  });

  test.each([
    ['lower-case hex', '%d0%bc'],
    ['an escape that is not needed', '%41'],
    ['a missing escape', '-x'],
    ['a missing escape of a dot', 'x..y'],
    ['a raw character', 'м'],
    ['a slash in a segment', 'a%2Fb'],
    ['three segments', 'a/b/c'],
    ['an empty segment', 'a/'],
    ['no UTF-8', '%FF'],
    ['an overlong form', '%C0%AF'],
    ['an encoded surrogate', '%ED%A0%80'],
    ['a cut escape', 'a%2'],
    ['a name that is not NFC', 'e%CC%81'],
    ['a control', 'a%0A'],
    ['no legal name', 'latest'],
    ['a segment of 201 bytes', 'x'.repeat(201)],
    ['nothing', ''],
  ])('%s is odd', (_, path) => {
    expect(decodeModelName(path)).toBeUndefined();
  });
});

describe('the bad-input catalogue', () => {
  test.each([
    ['B66', '1.0.0', 'version'],
    ['B66', 'v1.0.0', 'version'],
    ['B66', 'ns/2.0.0-rc.1', 'version'],
    ['B71', '', 'segments'],
    ['B71', '/', 'segments'],
    ['B71', 'a/b/c', 'segments'],
    ['B71', 'a\nb', 'control'],
    ['B71', 'a\u0085b', 'control'],
    ['B71', 'a\0', 'control'],
    ['B71', 'con', 'windows-reserved'],
    ['B71', 'a/LPT1.x', 'windows-reserved'],
    ['B71', 'deadbeef', 'digest'],
    ['B71', 'DEADBEE', 'digest'],
    ['B71', 'a'.repeat(64), 'digest'],
    ['B71', 'latest', 'latest'],
    ['B71', 'x/latest', 'latest'],
    ['B71', 'development', 'stage'],
    ['B71', 'archived', 'stage'],
    ['B71', 'staging', 'stage'],
    ['B71', 'production/x', 'stage'],
    ['B71', 'x'.repeat(201), 'too-long'],
    ['B71', '😀'.repeat(17), 'too-long'],
    ['B3', 'a\ud800', 'not-utf-8'],
  ])('%s %j is refused: %s', (_, name, reason) => {
    expect(faultOf(() => parseModelName(name))).toEqual({ code: 'bad-model-name', data: { name, reason } });
  });

  // What the catalogue would refuse but format §5.1 takes: percent-encoding makes these safe in refs.
  test.each(['-x', 'HEAD', '@', '.x', 'x..y', 'x.lock', 'a/b', '1.0', 'facade', 'a'.repeat(65), 'мodel', 'Latest'])(
    'takes %s',
    (name) => {
      expect(isModelName(name)).toBe(true);
    },
  );

  test('B72 names that look alike share a key', () => {
    expect(
      new Set(['my-model', 'my_model', 'My.Model', 'mymodel'].map((name) => similarModelKey(model(name)))),
    ).toEqual(new Set(['mymodel']));
    expect(similarModelKey(model('a-b/c'))).toBe('ab/c');
  });
});

test('a name is normalised to NFC', () => {
  expect(parseModelName('e\u0301')).toBe('\u00e9');
  expect(isModelName('e\u0301')).toBe(false);
});

test('slots are those of the policy, and no matter for a reader', () => {
  expect(parseModelName('staging', ['qa'])).toBe('staging');
  expect(faultOf(() => parseModelName('qa', ['qa'])).data).toEqual({ name: 'qa', reason: 'stage' });
  expect(isModelName('staging')).toBe(true);
  expect(isModelName(7)).toBe(false);
});

describe('collidesWith', () => {
  test.each([
    ['nothing', 'a', ['b', 'c/d'], { kind: 'none' }],
    ['not with itself', 'a', ['a'], { kind: 'none' }],
    ['with a name in another case', 'Straße', ['b', 'STRASSE'], { kind: 'same-fold', with: 'STRASSE' }],
    ['with a model of its namespace', 'A/b', ['a'], { kind: 'namespace', with: 'a' }],
    ['with a model in it as a namespace', 'a', ['A/b'], { kind: 'namespace', with: 'A/b' }],
    ['not with a name that begins alike', 'a', ['ab', 'ab/c'], { kind: 'none' }],
    ['with a name that looks alike', 'my-model', ['mymodel'], { kind: 'similar', with: 'mymodel' }],
    ['not across a slash', 'a-b', ['a/b'], { kind: 'none' }],
    ['worst first', 'a-b', ['ab', 'a-b/c', 'A-B'], { kind: 'same-fold', with: 'A-B' }],
    ['namespace before likeness', 'a-b', ['ab', 'a-b/c'], { kind: 'namespace', with: 'a-b/c' }],
  ])('%s', (_, name, existing, expected) => {
    expect(collidesWith(model(name), existing.map(model))).toEqual(expected);
  });

  test('folding keeps the namespace apart', () => {
    expect(foldModelName(model('NS/Model'))).toBe('ns/model');
  });
});
