import { describe, expect, test } from 'vitest';
import { parseMoment } from '../../../src/domain/moment.ts';

describe('what --at names', () => {
  test.each([
    ['2026-11-20', '2026-11-20T23:59:59.999Z'],
    ['2026-11-20T10:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20 10:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:07.25Z', '2026-11-20T10:00:07.250Z'],
    ['2026-11-20T10:00:07.2509999Z', '2026-11-20T10:00:07.250Z'],
    ['2026-11-20T01:30+02:00', '2026-11-19T23:30:00.000Z'],
    ['2026-11-20T23:30-0100', '2026-11-21T00:30:00.000Z'],
    ['2024-02-29', '2024-02-29T23:59:59.999Z'],
    ['9999-12-31T23:59:59-01:00', '9999-12-31T23:59:59.999Z'],
  ])('%s is the instant %s', (text, at) => {
    expect(parseMoment(text)).toEqual({ kind: 'instant', at });
  });

  test('an event is named by its id, or by the first digits of its SHA-256', () => {
    expect(parseMoment('019B8D2F-6A40-7000-8000-000000000001')).toEqual({
      kind: 'event-id',
      id: '019b8d2f-6a40-7000-8000-000000000001',
    });
    expect(parseMoment('20261120')).toEqual({ kind: 'event-digest', prefix: '20261120' });
    expect(parseMoment('ab'.repeat(32))).toMatchObject({ kind: 'event-digest' });
  });

  test.each([
    '',
    'yesterday',
    'abcdef',
    '2026-02-30',
    '2026-13-01',
    '2026-11-20T24:00Z',
    '2026-11-20T10:60Z',
    '2026-11-20T10Z',
    '2026-11',
    'ab'.repeat(33),
  ])('%j is none', (text) => {
    expect(() => parseMoment(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
