/** What the shell may offer for the word under the cursor, from the command data and the registry's names. */
import type { Completes, OptionSpec, OptionSpecs } from '../command.ts';
import { allOptions } from '../common-options.ts';
import { findInvocation } from '../invocation.ts';
import type { CommandOutline } from './outlines.ts';

/** The names that the registry knows. Each answers with what it has, and with nothing where there is no registry. */
export interface CompletionSource {
  models(): Promise<readonly string[]>;
  /** Newest first. Without a model: of the default one. */
  versions(model: string | undefined): Promise<readonly string[]>;
  stages(model: string | undefined): Promise<readonly string[]>;
  /** Paths of the files of an entry; `model` is meant where the SPEC names none. */
  files(spec: string, model: string | undefined): Promise<readonly string[]>;
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

type Shape = Pick<CommandOutline, 'positionals' | 'options'>;

interface Place {
  readonly names: readonly string[];
  readonly source: CompletionSource;
  /** Words before the one that is completed, the verb's left out. */
  readonly before: readonly string[];
  /** Those of them that are operands. */
  readonly operands: readonly string[];
  /** What of the word stays in front of the value, e.g. `--to=`. */
  readonly prefix: string;
  readonly typed: string;
}

/** Completes the last of `words`, which are those after `git registry`. */
export async function completeWords(
  words: readonly string[],
  outlines: ReadonlyMap<string, CommandOutline>,
  source: CompletionSource,
): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const names = [...outlines.keys()];
  const invocation = findInvocation(words.slice(0, -1), new Set(names));
  const place: Place = { names, source, before: words.slice(0, -1), operands: [], prefix: '', typed };
  if (invocation.kind === 'no-command') return completeVerb(invocation.group, [...outlines.values()], place);
  const outline = invocation.kind === 'command' ? outlines.get(invocation.name) : undefined;
  if (invocation.kind !== 'command' || outline === undefined) return offer([], typed);
  return completeArgument(outline, { ...place, before: invocation.words });
}

async function completeVerb(
  group: string | undefined,
  outlines: readonly CommandOutline[],
  place: Place,
): Promise<Completion> {
  const bare: Shape = { positionals: [], options: {} };
  const expectsValue = findOpenOption(allOptions(bare), place.before) !== undefined;
  if (expectsValue || place.typed.startsWith('-')) return completeArgument(bare, place);
  const depth = group === undefined ? 0 : 1;
  const offers = new Map<string, Candidate>();
  for (const { name, summary } of outlines) {
    if (group !== undefined && !name.startsWith(`${group} `)) continue;
    const words = name.split(' ');
    const value = words[depth] ?? '';
    offers.set(value, words.length > depth + 1 ? { value } : { value, says: summary });
  }
  return offer([...offers.values()], place.typed);
}

async function completeArgument(command: Shape, place: Place): Promise<Completion> {
  const { before, typed } = place;
  const specs = allOptions(command);
  const operands = operandsOf(specs, before);
  const here = { ...place, operands };
  if (!before.includes('--')) {
    const open = findOpenOption(specs, before);
    if (open !== undefined) return completeValue(open, here);
    const [, name = '', text = ''] = /^--([^=]+)=(.*)$/s.exec(typed) ?? [];
    const inline = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (inline !== undefined) return completeValue(inline, { ...here, prefix: `--${name}=`, typed: text });
    if (typed.startsWith('-')) return offer(optionCandidates(specs, before), typed);
  }
  const positional = command.positionals[operands.length] ?? command.positionals.findLast(({ variadic }) => variadic);
  if (positional === undefined) return offer([], typed);
  if (positional.choices !== undefined) return offer(asCandidates(positional.choices), typed);
  return completeKind(positional.completes, here);
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
  const { source, operands, prefix, typed, names } = place;
  const model = modelOf(place);
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
      return offer(asCandidates(await source.files(operands[0] ?? '', model)), typed, prefix);
    case 'command':
      return offer(asCandidates(names), typed, prefix);
    case 'spec':
      return offer(await specCandidates(source, typed, model), typed, prefix);
    case undefined:
      return offer([], typed);
  }
}

/** The model that the words before name: by `--model`, by a SPEC, or as an operand. */
function modelOf({ before, operands }: Place): string | undefined {
  const inline = before.find((word) => word.startsWith('--model='));
  if (inline !== undefined) return inline.slice('--model='.length);
  const flag = before.indexOf('--model');
  if (flag >= 0) return before[flag + 1];
  const [first] = operands;
  const at = first?.lastIndexOf('@') ?? -1;
  return at < 0 ? first : first?.slice(0, at);
}

/** Behind an `@` versions and stages of its model; else models, and what the model that is meant without one offers. */
async function specCandidates(
  source: CompletionSource,
  typed: string,
  given: string | undefined,
): Promise<readonly Candidate[]> {
  const at = typed.lastIndexOf('@');
  const model = at < 0 ? given : typed.slice(0, at);
  const [versions, stages] = await Promise.all([source.versions(model), source.stages(model)]);
  const targets = [...(versions.length > 0 ? ['latest'] : []), ...stages, ...versions];
  if (at >= 0) return targets.map((target) => ({ value: `${model}@${target}` }));
  const models = given === undefined ? await source.models() : [];
  return [...models.map((name) => ({ value: `${name}@` })), ...asCandidates(targets)];
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
