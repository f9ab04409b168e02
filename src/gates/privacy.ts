/** `privacy`: columns that no data behind the entry may have, and the mark that somebody looked. */
import { columnsOf, headerColumns, statedColumns } from '../domain/data-columns.ts';
import { clipped, listed } from '../domain/quoted.ts';
import type { Gate, GateInputs, GateVerdict, JudgedAncestor } from '../ports/gate.ts';
import { readAncestorJson, readAncestorText, shortName } from './read-ancestor.ts';

/** `privacy: {deny_columns, require_flag}`. Other logs say what an ancestor's annotations are, so it is of the moment. */
export const privacyGate: Gate = {
  name: 'privacy',
  says: 'privacy: {deny_columns: [email], require_flag: pii_reviewed}: over the data sets of the lineage',
  basis: 'moment',
  isAsked: ({ privacy }) => privacy !== undefined,
  judge: async ({ privacy = {} }, inputs) => {
    const data = await readDataSets(await inputs.ancestors());
    const { deny_columns: denied, require_flag: flag } = privacy;
    return [
      ...(denied === undefined ? [] : judgeColumns(denied, data)),
      ...(flag === undefined ? [] : [judgeFlag(flag, data, inputs)]),
    ];
  },
};

/** An entry that names columns, or has tables that are not read. */
interface DataSet {
  readonly entry: JudgedAncestor;
  readonly columns: readonly { readonly name: string; readonly where: string }[];
  /** Tables whose bytes are in the weights cache. */
  readonly unread: number;
}

function judgeColumns(denied: readonly string[], data: readonly DataSet[]): readonly GateVerdict[] {
  const names = new Set(denied.map((name) => name.toLowerCase()));
  const base = { gate: 'privacy', metric: 'deny_columns', threshold: denied.join(', ') };
  const failed = data.flatMap(({ entry, columns }) =>
    columns
      .filter(({ name }) => names.has(name.toLowerCase()))
      .map(
        ({ name, where }): GateVerdict => ({
          ...base,
          value: clipped(name),
          method: `${shortName(entry)} has the column, by its ${where}`,
          outcome: 'fail',
        }),
      ),
  );
  if (failed.length > 0) return failed;
  const [columns, unread] = [data.flatMap((set) => set.columns).length, sum(data.map((set) => set.unread))];
  const seen =
    columns === 0 ? 'no entry of the lineage names columns' : `none of the ${columns} columns of the lineage`;
  const unseen = unread === 0 ? '' : `; ${unread} large tables name theirs in no document`;
  return [{ ...base, method: seen + unseen, outcome: 'pass' }];
}

/** The review of the entry is a review of all its data; else each data set must have its own. */
function judgeFlag(flag: string, data: readonly DataSet[], { candidate }: GateInputs): GateVerdict {
  const isSet = (annotations: Readonly<Record<string, string>>): boolean => annotations[flag]?.toLowerCase() === 'true';
  const base = { gate: 'privacy', metric: flag, threshold: 'true' };
  if (isSet(candidate.state.annotations)) return { ...base, method: 'annotation of the entry', outcome: 'pass' };
  const unmarked = data.filter(({ entry }) => !isSet(entry.annotations)).map(({ entry }) => shortName(entry));
  if (data.length > 0 && unmarked.length === 0)
    return { ...base, method: `annotation of each data set: ${data.length}`, outcome: 'pass' };
  const lacking = data.length === 0 ? '' : `, nor have ${listed(unmarked)}`;
  return { ...base, method: `the entry has no such annotation${lacking}`, outcome: 'fail' };
}

async function readDataSets(entries: readonly JudgedAncestor[]): Promise<readonly DataSet[]> {
  const read = await Promise.all(entries.map(readDataSet));
  return read.filter(({ columns, unread }) => columns.length + unread > 0);
}

async function readDataSet(entry: JudgedAncestor): Promise<DataSet> {
  const columns: { readonly name: string; readonly where: string }[] = [];
  const add = (where: string, names: readonly string[]): void => {
    columns.push(...names.map((name) => ({ name, where })));
  };
  for (const path of ['dataset.json', 'croissant.json', 'schema.json'])
    add(path, columnsOf(await readAncestorJson(entry, path)));
  add('train_manifest.json', statedColumns(await readAncestorJson(entry, 'train_manifest.json')));
  const tables = entry.manifest?.files.filter(({ path }) => /\.[ct]sv$/i.test(path)) ?? [];
  for (const { path, store } of tables)
    if (store === 'git') add(path, headerColumns((await readAncestorText(entry, path)) ?? ''));
  const unread = columns.length > 0 ? 0 : tables.filter(({ store }) => store === 'cache').length;
  return { entry, columns, unread };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
