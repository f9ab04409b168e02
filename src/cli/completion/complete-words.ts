/** What the shell may offer for the word under the cursor, from the command data and the registry's names. */
import {
  type Command,
  type CommandList,
  type Completes,
  loadVisible,
  type OptionSpec,
  type OptionSpecs,
} from '../command.ts';
import { allOptions } from '../common-options.ts';
import { findInvocation } from '../invocation.ts';

/** The names that the registry knows. Each answers with what it has, and with nothing where there is no registry. */
export interface CompletionSource {
  models(): Promise<readonly string[]>;
  /** Newest first. Without a model: of the default one. */
  versions(model: string | undefined): Promise<readonly string[]>;
  stages(model: string | undefined): Promise<readonly string[]>;
  /** Paths of the files of an entry. */
  files(spec: string): Promise<readonly string[]>;
}

/** One offer. A shell puts no space after a value that ends in `@` or `=`. */
export interface Candidate {
  readonly value: string;
  readonly says?: string;
}

/** What to offer: candidates, or paths of the file system, which the shell knows better. */
export type Completion =
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'paths' };

interface Place {
  readonly source: CompletionSource;
  readonly list: CommandList;
  /** Operands before the cursor. */
  readonly operands: readonly string[];
  /** What of the word stays in front of the value, e.g. `--to=`. */
  readonly prefix: string;
  readonly typed: string;
}

/** Completes the last of `words`, which are those after `git registry`. */
export async function completeWords(
  words: readonly string[],
  list: CommandList,
  source: CompletionSource,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const names = [...list.keys()].filter((name) => !name.startsWith('__'));
  const invocation = findInvocation(before, new Set(names));
  if (invocation.kind === 'command') {
    const command = await list.get(invocation.name)?.();
    return command === undefined ? offer([], '') : completeArgument(command, invocation.words, current, list, source);
  }
  if (invocation.kind === 'no-command') return completeVerb(invocation.group, before, current, list, source);
  return offer([], '');
}

async function completeVerb(
  group: string | undefined,
  before: readonly string[],
  current: string,
  list: CommandList,
  source: CompletionSource,
): Promise<Completion> {
  const bare: Pick<Command, 'positionals' | 'options'> = { positionals: [], options: {} };
  const expectsValue = findOpenOption(allOptions(bare), before) !== undefined;
  if (expectsValue || current.startsWith('-')) return completeArgument(bare, before, current, list, source);
  const commands = await loadVisible(list);
  const depth = group === undefined ? 0 : 1;
  const members = commands.filter(({ name }) => group === undefined || name.startsWith(`${group} `));
  const offers = new Map<string, Candidate>();
  for (const { name, summary } of members) {
    const words = name.split(' ');
    const value = words[depth] ?? '';
    offers.set(value, words.length > depth + 1 ? { value } : { value, says: summary });
  }
  return offer([...offers.values()], current);
}

async function completeArgument(
  command: Pick<Command, 'positionals' | 'options'>,
  before: readonly string[],
  current: string,
  list: CommandList,
  source: CompletionSource,
): Promise<Completion> {
  const specs = allOptions(command);
  const operands = operandsOf(specs, before);
  const place: Place = { source, list, operands, prefix: '', typed: current };
  if (!before.includes('--')) {
    const open = findOpenOption(specs, before);
    if (open !== undefined) return completeValue(open, place);
    const [, name = '', typed = ''] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
    const inline = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (inline !== undefined) return completeValue(inline, { ...place, prefix: `--${name}=`, typed });
    if (current.startsWith('-')) return offer(optionCandidates(specs, before), current);
  }
  const positional = command.positionals[operands.length] ?? command.positionals.findLast(({ variadic }) => variadic);
  if (positional === undefined) return offer([], current);
  if (positional.choices !== undefined) return offer(asCandidates(positional.choices), current);
  return completeKind(positional.completes, place);
}

/** Returns the option whose value the next word is. */
function findOpenOption(specs: OptionSpecs, before: readonly string[]): OptionSpec | undefined {
  const word = before.at(-1) ?? '';
  if (!word.startsWith('-') || word.includes('=')) return undefined;
  const found = word.startsWith('--')
    ? Object.entries(specs).find(([name]) => name === word.slice(2))?.[1]
    : Object.values(specs).find(({ alias }) => alias !== undefined && alias === word.at(-1) && word.length === 2);
  return found === undefined || found.kind === 'boolean' ? undefined : found;
}

function operandsOf(specs: OptionSpecs, before: readonly string[]): readonly string[] {
  const end = before.indexOf('--');
  const options = end < 0 ? before : before.slice(0, end);
  const operands = options.filter(
    (word, index) => !word.startsWith('-') && findOpenOption(specs, options.slice(0, index)) === undefined,
  );
  return end < 0 ? operands : [...operands, ...before.slice(end + 1)];
}

/** An option that counts once is not offered again. */
function optionCandidates(specs: OptionSpecs, before: readonly string[]): readonly Candidate[] {
  return Object.entries(specs)
    .filter(
      ([name, { kind, hidden }]) =>
        hidden === undefined && (kind === 'list' || kind === 'pairs' || !before.includes(`--${name}`)),
    )
    .map(([name, { says }]) => ({ value: `--${name}`, says }));
}

function completeValue(spec: OptionSpec, place: Place): Promise<Completion> {
  if (spec.kind === 'choice') return Promise.resolve(offer(asCandidates(spec.choices), place.typed, place.prefix));
  return completeKind('completes' in spec ? spec.completes : undefined, place);
}

async function completeKind(kind: Completes | undefined, place: Place): Promise<Completion> {
  const { source, operands, prefix, typed } = place;
  const model = operands[0]?.split('@')[0];
  switch (kind) {
    case 'path':
      return { kind: 'paths' };
    case 'model':
      return offer(asCandidates(await source.models()), typed, prefix);
    case 'version':
      return offer(asCandidates(await source.versions(model)), typed, prefix);
    case 'stage':
      return offer(asCandidates(await source.stages(model)), typed, prefix);
    case 'file':
      return offer(asCandidates(await source.files(operands[0] ?? '')), typed, prefix);
    case 'command':
      return offer(asCandidates([...place.list.keys()].filter((name) => !name.startsWith('__'))), typed, prefix);
    case 'spec':
      return offer(await specCandidates(source, typed), typed, prefix);
    case undefined:
      return offer([], typed);
  }
}

/** Before the `@` models, and what the default model offers; behind it versions and stages of that model. */
async function specCandidates(source: CompletionSource, typed: string): Promise<readonly Candidate[]> {
  const at = typed.lastIndexOf('@');
  const model = at < 0 ? undefined : typed.slice(0, at);
  const [versions, stages] = await Promise.all([source.versions(model), source.stages(model)]);
  const targets = [...(versions.length > 0 ? ['latest'] : []), ...stages, ...versions];
  if (model !== undefined) return targets.map((target) => ({ value: `${model}@${target}` }));
  return [...(await source.models()).map((name) => ({ value: `${name}@` })), ...asCandidates(targets)];
}

function asCandidates(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value }));
}

function offer(candidates: readonly Candidate[], typed: string, prefix = ''): Completion {
  const fitting = candidates.filter(({ value }) => value.startsWith(typed));
  return {
    kind: 'candidates',
    candidates: fitting.map((candidate) => ({ ...candidate, value: prefix + candidate.value })),
  };
}
