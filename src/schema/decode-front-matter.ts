/** The YAML that begins a model card (README.md), as Hugging Face writes it. */
import { parse } from 'yaml';

const FRONT = /^\uFEFF?---[ \t]*\r?\n(?<yaml>[\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Returns the licences that a card's front matter states; none where it has none, or is none. */
export function decodeCardLicences(text: string): readonly string[] {
  const yaml = FRONT.exec(text)?.groups?.['yaml'];
  const front = yaml === undefined ? undefined : readYaml(yaml);
  const { license, license_name: name } = (typeof front === 'object' && front !== null ? front : {}) as Readonly<
    Record<string, unknown>
  >;
  const stated = (Array.isArray(license) ? license : [license]).filter((item) => typeof item === 'string');
  // A card that says `other` gives the name beside it.
  return stated.map((item) => (item.toLowerCase() === 'other' && typeof name === 'string' ? name : item));
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}
