/** `license`: what the entry and all that it was made from may be used under. */
import { isAdmitted, isUnknownLicence, joinLicences, licenceOfText, statedLicence } from '../domain/licence.ts';
import type { GateRules } from '../domain/policy.ts';
import { clipped, listed } from '../domain/quoted.ts';
import type { Gate, GateInputs, GateVerdict, JudgedAncestor } from '../ports/gate.ts';
import { decodeCardLicences } from '../schema/decode-front-matter.ts';
import { readAncestorJson, readAncestorText, shortName } from './read-ancestor.ts';

/** `license: {allow, deny}`: SPDX ids. Other logs say what an ancestor's annotation is, so it is of the moment. */
export const licenseGate: Gate = {
  name: 'license',
  says: 'license: {allow: [mit], deny: [...]}: SPDX ids, of the entry and of all that it was made from',
  basis: 'moment',
  isAsked: ({ license }) => license !== undefined,
  judge: async ({ license }, inputs) => (license === undefined ? [] : judgeLicences(license, inputs)),
};

interface Stated {
  readonly text: string;
  readonly where: string;
}

async function judgeLicences(
  rules: NonNullable<GateRules['license']>,
  inputs: GateInputs,
): Promise<readonly GateVerdict[]> {
  const { allow, deny } = rules;
  const says = [allow && `allow ${allow.join(', ')}`, deny && `deny ${deny.join(', ')}`];
  const threshold = says.filter((part) => part !== undefined).join('; ');
  const entries = await inputs.ancestors();
  const failed: GateVerdict[] = [];
  const unknown: string[] = [];
  for (const entry of entries) {
    const found = await findLicence(entry, inputs);
    const base = { gate: 'license', threshold, outcome: 'fail' } as const;
    if (found === undefined || isUnknownLicence(found.text)) {
      if (allow === undefined) unknown.push(shortName(entry));
      else failed.push({ ...base, method: `${shortName(entry)}: its licence is not known` });
    } else if (!isAdmitted(found.text, rules)) {
      failed.push({
        ...base,
        value: clipped(found.text),
        method: `${shortName(entry)}: not admitted; by its ${found.where}`,
      });
    }
  }
  if (failed.length > 0) return failed;
  const counted = entries.length === 1 ? 'the entry' : `the entry and ${entries.length - 1} that it was made from`;
  const silent = unknown.length === 0 ? '' : `; of no known licence: ${listed(unknown)}`;
  return [{ gate: 'license', threshold, method: `admitted: ${counted}${silent}`, outcome: 'pass' }];
}

/** The first that says something counts: what people state of an entry goes before what its files say. */
async function findLicence(entry: JudgedAncestor, { candidate }: GateInputs): Promise<Stated | undefined> {
  const own = entry.sha256 === candidate.sha256 ? candidate.state.annotations : entry.annotations;
  const annotated = own['license'];
  if (annotated !== undefined && annotated !== '')
    return { text: joinLicences([annotated]) ?? '', where: 'annotation license' };
  for (const { path, read } of SOURCES) {
    const text = await read(entry, path);
    if (text !== undefined) return { text, where: path };
  }
  return undefined;
}

type Read = (entry: JudgedAncestor, path: string) => Promise<string | undefined>;

const ofCard: Read = async (entry, path) =>
  joinLicences(decodeCardLicences((await readAncestorText(entry, path)) ?? ''));
const ofText: Read = async (entry, path) => licenceOfText((await readAncestorText(entry, path)) ?? '');
const ofJson: Read = async (entry, path) => statedLicence(await readAncestorJson(entry, path));

const SOURCES: readonly { readonly path: string; readonly read: Read }[] = [
  { path: 'README.md', read: ofCard },
  ...['LICENSE', 'LICENSE.txt', 'LICENSE.md'].map((path) => ({ path, read: ofText })),
  ...['croissant.json', 'dataset.json', 'config.json', 'train_manifest.json'].map((path) => ({ path, read: ofJson })),
];
