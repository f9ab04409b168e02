/** `register`: turns files into an entry of a model. */
import { resolve } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import type { Role } from '../../domain/manifest.ts';
import { chooseModel } from '../../operations/choose-model.ts';
import { readVersionRequest } from '../../operations/choose-version.ts';
import { slotOf } from '../../operations/gates/gate-subject.ts';
import { promote } from '../../operations/promote.ts';
import { type RegisterResult, register } from '../../operations/register.ts';
import { type Command, type CommandContext, type CommandResult, defineCommand, type Pair } from '../command.ts';
import { GATE_OPTIONS, type GateArguments, readGates } from '../gate-options.ts';
import { given } from '../given.ts';
import { readMetrics, readParams } from '../json-values.ts';
import { ALLOW_SIMILAR_OPTION } from '../model-options.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { findingNotes, skippedNotes } from '../render/finding-notes.ts';
import { nextNotes, registrationDocument, renderRegistration } from '../render/registration.ts';
import { answerMove, DRY_RUN_OPTION } from '../stage-command.ts';

/** The roles of `--file`; the record makes the compiler check that none is missing. */
const ROLES: Readonly<Record<Role, true>> = {
  weights: true,
  config: true,
  tokenizer: true,
  eval: true,
  train: true,
  doc: true,
  other: true,
};

const DESCRIPTION = `PATH is a folder, whose content becomes the bundle, or a file. An entry is identified by its content: the \
same files are the same entry, in every clone, and registering them again is nothing to do.

Profile lm/1 wants exactly model.safetensors, tokenizer.json, config.json, eval_report.json and train_manifest.json; files/1 \
takes anything. Without --as, --bump or --pending the entry has no version yet: promote gives it one. A candidate \
(--pending) is for others to check; it expires unless promote gives it a version.

.git, .gitignore, .gitattributes, .cache, __pycache__, .DS_Store, what .registryignore names and a .dvc beside its file \
are left out, and named. --metric and --param take JSON as it is: 1.0 is not 1, and a large integer keeps every digit.`;

/** The command. */
export const registerCommand: Command = defineCommand({
  name: 'register',
  group: 'Register',
  summary: 'Register a folder or files as an entry of a model',
  description: DESCRIPTION,
  positionals: [
    { name: 'paths', placeholder: 'PATH', variadic: true, completes: 'path', says: 'folders and files of the bundle' },
  ],
  options: {
    model: { kind: 'string', placeholder: 'MODEL', completes: 'model', says: 'the model; without it, the default one' },
    as: { kind: 'string', placeholder: 'VERSION', conflicts: ['bump', 'pending'], says: 'the version it gets' },
    bump: {
      kind: 'choice',
      choices: ['major', 'minor', 'patch', 'auto'],
      conflicts: ['pending'],
      says: 'raise the highest version; auto compares architecture and corpus with it',
    },
    to: {
      kind: 'string',
      placeholder: 'STAGE',
      completes: 'stage',
      conflicts: ['pending'],
      says: 'promote it there too, if gates and approvals let it; else it stays in development',
    },
    ...GATE_OPTIONS,
    pending: { kind: 'boolean', says: 'as a candidate, which expires (registry.yaml: pending_ttl)' },
    message: { kind: 'string', alias: 'm', placeholder: 'TEXT', says: 'what there is to say about it' },
    parent: { kind: 'list', placeholder: 'SPEC', completes: 'spec', says: 'the entry it was derived from' },
    input: { kind: 'list', placeholder: 'SPEC', completes: 'spec', says: 'an entry it consumed, e.g. a data set' },
    file: {
      kind: 'pairs',
      placeholder: 'ROLE=PATH',
      says: `a file under the name of its role: ${Object.keys(ROLES).join(', ')}`,
    },
    metric: { kind: 'pairs', placeholder: 'KEY=NUMBER', says: 'a metric, where the bundle has no eval_report.json' },
    param: {
      kind: 'pairs',
      placeholder: 'KEY=VALUE',
      says: 'a hyperparameter, where the bundle has no train_manifest.json',
    },
    'run-id': { kind: 'string', placeholder: 'ID', says: 'the MLflow run behind it' },
    profile: {
      kind: 'choice',
      choices: ['lm/1', 'files/1'],
      says: 'what the bundle must contain; without it, as the model has it',
    },
    exclude: { kind: 'list', placeholder: 'GLOB', says: 'leave out what matches, as in .gitignore' },
    'follow-links': { kind: 'boolean', alias: 'L', says: 'follow symbolic links that lead to files' },
    'allow-similar': ALLOW_SIMILAR_OPTION,
    by: BY_OPTION,
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry register model/ --bump auto', says: 'register a folder as the next version' },
    { command: 'git registry register model/ --pending', says: 'register a candidate' },
    {
      command: 'git registry register model/ --bump auto --to staging --min overall.accuracy=0.9',
      says: 'register, and stage it if it is good enough',
    },
    { command: 'git registry register model.pkl --metric accuracy=0.93', says: 'register one file of any kind' },
    { command: 'git registry register adapter/ --parent v1.0.0', says: 'state what it was fine-tuned from' },
  ],
  output: 'register',
  async run(context, args) {
    if (args.paths.length + args.file.length === 0)
      throw new RegistryError('usage', 'register: expected PATH or --file ROLE=PATH');
    const version = readVersionRequest(args.as, args.bump);
    await refuseWrongMove(context, args);
    const { model, profile, message: description, runId, pending, dryRun } = args;
    const optional = given({
      model,
      profile,
      version,
      description,
      runId,
      onBehalfOf: args.by === undefined ? undefined : parseActor(args.by),
    });
    const result = await register(await context.workspace(), {
      ...optional,
      paths: args.paths.map((path) => resolve(context.cwd, path)),
      roleFiles: args.file.map((pair) => readRoleFile(context.cwd, pair)),
      metrics: readMetrics(args.metric),
      params: readParams(args.param),
      followLinks: args.followLinks,
      exclude: args.exclude,
      parents: args.parent,
      inputs: args.input,
      pending,
      allowSimilar: args.allowSimilar,
      dryRun,
    });
    const notes = [...skippedNotes(result.skipped), ...findingNotes(result.findings)];
    const moved =
      args.to === undefined || dryRun ? undefined : await promoteTo(context, result, { ...args, to: args.to });
    if (moved !== undefined) {
      return {
        json: { ...registrationDocument(result), move: moved.json },
        text: (style) => [...renderRegistration(result, style), ...[moved.text(style)].flat()],
        notes: [...notes, ...(moved.notes ?? [])],
        exitCode: moved.exitCode ?? 0,
      };
    }
    const written = { wrote: result.created, push: args.push, dryRun, models: [result.model] };
    const published = await publish(await context.workspace(), written);
    return {
      json: { ...registrationDocument(result), move: null },
      text: (style) => renderRegistration(result, style),
      notes: [...notes, ...nextNotes(result), ...published.notes],
      exitCode: published.exitCode,
    };
  },
});

/** Nothing is registered on the way to a stage that does not exist. */
async function refuseWrongMove(
  context: CommandContext,
  args: GateArguments & { readonly to: string | undefined; readonly model: string | undefined },
): Promise<void> {
  const workspace = await context.workspace();
  if (args.to !== undefined) await slotOf(workspace, await chooseModel(workspace, args.model), args.to);
  else if (args.gates !== undefined || args.min.length + args.max.length > 0)
    throw new RegistryError('usage', 'register: expected --to STAGE, which gates are for');
}

/** It is registered whatever becomes of the move: a refused one leaves it in development. */
async function promoteTo(
  context: CommandContext,
  { model, sha256, created }: RegisterResult,
  args: GateArguments & { readonly to: string; readonly by: string | undefined; readonly push: boolean },
): Promise<CommandResult> {
  const workspace = await context.workspace();
  const gates = await readGates(workspace, context.cwd, args);
  const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
  const moved = await promote(workspace, { spec: `${model}@${sha256}`, to: args.to, ...given({ gates, onBehalfOf }) });
  const answer = await answerMove(context, workspace, moved, args.push);
  if (moved.changed || !created) return answer;
  const { notes, exitCode } = await publish(workspace, { wrote: true, push: args.push, models: [model] });
  return { ...answer, notes: [...(answer.notes ?? []), ...notes], exitCode: Math.max(answer.exitCode ?? 0, exitCode) };
}

function readRoleFile(cwd: string, { key, value }: Pair): { readonly role: Role; readonly path: string } {
  if (isRole(key)) return { role: key, path: resolve(cwd, value) };
  throw new RegistryError(
    'usage',
    `--file ${key}=${value}: expected one of the roles ${Object.keys(ROLES).join(', ')}`,
    {
      data: { option: '--file', role: key },
    },
  );
}

function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}
