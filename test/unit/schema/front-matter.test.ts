import { expect, test } from 'vitest';
import { decodeCardLicences } from '../../../src/schema/decode-front-matter.ts';

test('a model card states one licence or several, and the name of another', () => {
  expect(decodeCardLicences('---\nlicense: apache-2.0\ntags: [x]\n---\n# Model\n')).toEqual(['apache-2.0']);
  expect(decodeCardLicences('---\r\nlicense:\r\n- mit\r\n- cc-by-4.0\r\n---\r\n')).toEqual(['mit', 'cc-by-4.0']);
  expect(decodeCardLicences('---\nlicense: other\nlicense_name: our-own\n---')).toEqual(['our-own']);
});

test('what is no front matter states none', () => {
  for (const text of [
    '',
    '# Model\nlicense: mit\n',
    '---\nlicense: mit\n',
    '---\n{{ card }}: [\n---\n',
    '---\nmit\n---\n',
  ])
    expect(decodeCardLicences(text)).toEqual([]);
});
