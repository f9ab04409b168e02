/** The entries of a model, as a list people scan. */
import { parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { compareDecimals, flattenMetrics, type Metric } from '../domain/metrics.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type EntryState, isListed, type ModelState, registeredSeq, stageOf } from '../domain/state.ts';
import { newestFirst } from '../domain/state-text.ts';
import { compareVersions } from '../domain/version-order.ts';
import { chooseModel } from './choose-model.ts';
import { describeEntry, type EntryDescription, statusOf } from './describe-entry.ts';
import { modelPolicy } from './model-policy.ts';
import { getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** What to list. */
export interface ListEntriesInput {
  readonly model?: string;
  /** Candidates only. */
  readonly pending: boolean;
  /** Candidates, entries without a version and tombstoned ones too. */
  readonly all: boolean;
  /** `registered` (default), `version`, `stage`, or the name of a metric; newest or highest first. */
  readonly sort?: string;
  /** 0: no limit. */
  readonly limit: number;
}

/** One row. */
export interface EntryRow extends EntryDescription {
  readonly keyMetrics: readonly Metric[];
}

/** The rows, and how many there are without the limit. */
export interface ListEntriesResult {
  readonly model: ModelName;
  readonly total: number;
  /** Entries of the model that the filter leaves out. */
  readonly hidden: number;
  readonly entries: readonly EntryRow[];
}

/** Lists entries. Throws `unknown-model`, `usage` for an unknown metric. */
export async function listEntries(workspace: Workspace, input: ListEntriesInput): Promise<ListEntriesResult> {
  const model = await chooseModel(workspace, input.model);
  const { state } = await getModel(workspace, model);
  const now = new Date(workspace.clock.now()).toISOString();
  const { stages, keyMetrics } = await modelPolicy(workspace, model);
  const metric = input.sort === undefined || ORDERS.has(input.sort) ? undefined : input.sort;
  const { total, entries } = chooseEntries(state, input, now, stages);
  const reports = await readReports(workspace, entries);
  const rows = entries.map((entry, index) => ({ entry, metrics: reports[index] ?? [] }));
  const ordered = metric === undefined ? rows : sortByMetric(rows, metric).slice(0, input.limit || total);
  return {
    model,
    total,
    hidden: state.entries.size - total,
    entries: ordered.map(({ entry, metrics }) => ({
      ...describeEntry(model, entry, now),
      keyMetrics: pickMetrics(metrics, keyMetrics, metric),
    })),
  };
}

/** What to sort by that is no metric. */
const ORDERS: ReadonlySet<string> = new Set(['registered', 'version', 'stage']);

interface ChosenEntries {
  /** Without the limit. */
  readonly total: number;
  /** In order and within the limit, unless that takes their metrics. */
  readonly entries: readonly EntryState[];
}

function chooseEntries(
  state: ModelState,
  { sort = 'registered', pending, all, limit }: ListEntriesInput,
  now: string,
  slots: readonly string[],
): ChosenEntries {
  if (sort === 'registered' && !pending && !all && limit > 0) {
    return { total: state.listed, entries: takeNewest(state, limit) };
  }
  const chosen = [...state.entries.values()].filter((entry) =>
    pending ? statusOf(entry, now) === 'pending' : all || isListed(entry),
  );
  const sorted = ORDERS.has(sort) ? sortEntries(chosen, sort, slots).slice(0, limit || chosen.length) : chosen;
  return { total: chosen.length, entries: sorted };
}

/** Those that most people ask for, without a look at the others. */
function takeNewest(state: ModelState, limit: number): readonly EntryState[] {
  const taken: EntryState[] = [];
  for (const entry of newestFirst(state)) {
    if (isListed(entry)) taken.push(entry);
    if (taken.length === limit) break;
  }
  return taken;
}

function sortEntries(entries: readonly EntryState[], sort: string, slots: readonly string[]): readonly EntryState[] {
  const newest = (a: EntryState, b: EntryState): number => registeredSeq(b) - registeredSeq(a);
  const height = (entry: EntryState): number => {
    const stage = stageOf(entry);
    return stage === 'archived' ? -2 : stage === 'development' ? -1 : slots.indexOf(stage ?? '');
  };
  const highest = (entry: EntryState): EntryState['versions'][number] | undefined =>
    [...entry.versions].sort(compareVersions).at(-1);
  return [...entries].sort((a, b) => {
    if (sort === 'stage') return height(b) - height(a) || newest(a, b);
    if (sort !== 'version') return newest(a, b);
    const [x, y] = [highest(a), highest(b)];
    return x === undefined || y === undefined
      ? Number(x === undefined) - Number(y === undefined)
      : compareVersions(y, x);
  });
}

function sortByMetric<Row extends { readonly metrics: readonly Metric[] }>(
  rows: readonly Row[],
  name: string,
): readonly Row[] {
  const metricOf = (row: Row): string | undefined => row.metrics.find((metric) => metric.name === name)?.value;
  if (rows.length > 0 && rows.every((row) => metricOf(row) === undefined)) {
    const known = [...new Set(rows.flatMap(({ metrics }) => metrics.slice(0, 10).map((metric) => metric.name)))].slice(
      0,
      5,
    );
    const meant = known.length === 0 ? '; no entry has metrics' : ` or a metric, such as ${known.join(', ')}`;
    throw new RegistryError('usage', `--sort ${name}: expected registered, version, stage${meant}`, {
      data: { sort: name, known },
    });
  }
  return [...rows].sort((a, b) => {
    const [x, y] = [metricOf(a), metricOf(b)];
    return x === undefined || y === undefined
      ? Number(x === undefined) - Number(y === undefined)
      : compareDecimals(y, x);
  });
}

/** The key metrics of the policy, else the first three numbers of the report; the one that the list is sorted by comes first. */
function pickMetrics(
  metrics: readonly Metric[],
  keys: readonly string[],
  first: string | undefined,
): readonly Metric[] {
  const named = keys.length === 0 ? metrics.slice(0, 3).map(({ name }) => name) : keys;
  const names = new Set(first === undefined ? named : [first, ...named]);
  return [...names].flatMap((key) => metrics.find(({ name }) => name === key) ?? []);
}

/** One git process for all reports; an entry without one, or whose report is too large for git, shows no metrics. */
async function readReports(
  workspace: Workspace,
  entries: readonly EntryState[],
): Promise<readonly (readonly Metric[])[]> {
  const reports: (readonly Metric[])[] = [];
  for await (const blob of workspace.objects.findAll(
    entries.map(({ commit }) => `${commit}:bundle/eval_report.json`),
  )) {
    reports.push(blob === undefined ? [] : flattenMetrics(parseJson(blob.body, 'eval_report.json')));
  }
  return reports;
}
