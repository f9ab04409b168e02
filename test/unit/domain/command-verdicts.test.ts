import { expect, test } from 'vitest';
import { readCommandVerdicts } from '../../../src/domain/command-verdicts.ts';

const read = (stdout: string, exitCode = 0) => readCommandVerdicts('./gate.sh', stdout, exitCode);

test('without output the exit code decides, and more than 1 is a fault', () => {
  expect(read('')).toEqual([{ gate: 'exec', method: './gate.sh: exit code 0', outcome: 'pass' }]);
  expect(read(' \n', 1)).toEqual([{ gate: 'exec', method: './gate.sh: exit code 1', outcome: 'fail' }]);
  expect(read('', 2)).toMatchObject([{ method: './gate.sh: exit code 2, which is no verdict', outcome: 'fail' }]);
  expect(read('{"outcome":"pass"}', 137)).toMatchObject([{ outcome: 'fail' }]);
});

test('one verdict, or several; numbers keep their digits', () => {
  expect(read('{"outcome":"fail","metric":"bias","value":0.10,"threshold":"1e-1","method":"by group"}')).toEqual([
    { gate: 'exec', metric: 'bias', value: '0.1', threshold: '1e-1', method: './gate.sh: by group', outcome: 'fail' },
  ]);
  expect(read('[{"outcome":"pass"},{"outcome":"escalate"}]')).toEqual([
    { gate: 'exec', method: './gate.sh', outcome: 'pass' },
    { gate: 'exec', method: './gate.sh', outcome: 'escalate' },
  ]);
});

test('an exit code of 1 is not outvoted by verdicts that pass', () => {
  expect(read('{"outcome":"pass"}', 1).map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
  expect(read('{"outcome":"fail"}', 1).map(({ outcome }) => outcome)).toEqual(['fail']);
});

test.each([
  'OK',
  '[]',
  'null',
  '7',
  '{}',
  '{"outcome":"PASS"}',
  '{"outcome":"pass","gate":"min"}',
  '{"outcome":"pass","value":true}',
  '{"outcome":"pass","method":null}',
  '[{"outcome":"pass"},7]',
  '{"outcome":"pass"}{"outcome":"pass"}',
  JSON.stringify(Array(65).fill({ outcome: 'pass' })),
])('%s is no verdict, and fails', (stdout) => {
  const verdicts = read(stdout);
  expect(verdicts).toHaveLength(1);
  expect(verdicts[0]).toMatchObject({ method: expect.stringMatching(/no verdict/), outcome: 'fail' });
});
