/** `manifest`: writes train_manifest.json where a model was trained. */
import { relative, resolve } from 'node:path';
import type { JsonValue } from '../../domain/canonical-json.ts';
import { resolve as resolveEntry } from '../../operations/resolve.ts';
import { writeManifest } from '../../operations/write-manifest.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { readParams, readSeed } from '../json-values.ts';
import { manifestFacts, manifestWarnings, renderManifestFacts } from '../render/train-manifest.ts';

/** The command. */
export const manifestCommand: Command = defineCommand({
  name: 'manifest',
  group: 'Register',
  summary: 'Write train_manifest.json: what lineage needs to know of a training run',
  description:
    'Records the commit, branch and state of the work tree, the digest of the corpus, the tokenizer that lies in DIR, the ' +
    'operating system, Python and its packages, the GPU where there is one, and what the options say. Run it where and ' +
    'when the model is trained; the file becomes part of the bundle and of its identity.',
  positionals: [
    {
      name: 'folder',
      placeholder: 'DIR',
      completes: 'path',
      says: 'the folder of the bundle; without it, the current one',
    },
  ],
  options: {
    corpus: {
      kind: 'string',
      placeholder: 'PATH',
      completes: 'path',
      says: 'the corpus: its .dvc says its digest, else it is computed as DVC does',
    },
    seed: { kind: 'string', placeholder: 'N', says: 'the random seed, a whole number of any size' },
    param: { kind: 'pairs', placeholder: 'KEY=VALUE', says: 'a hyperparameter: JSON where it is JSON, else text' },
    'run-id': { kind: 'string', placeholder: 'ID', says: 'the MLflow run' },
    parent: { kind: 'string', placeholder: 'SPEC', completes: 'spec', says: 'the entry that training started from' },
    force: { kind: 'boolean', alias: 'f', says: 'replace the file' },
  },
  examples: [
    { command: 'git registry manifest model/ --corpus data/verbs.tsv --seed 42', says: 'record a run' },
    {
      command: 'git registry manifest model/ --corpus data --param lr=3e-4 --parent v1.0.0',
      says: 'record a fine-tuning run',
    },
  ],
  output: 'manifest',
  async run(context, args) {
    const params = readParams(args.param);
    const seed: JsonValue | undefined = args.seed === undefined ? undefined : readSeed(args.seed);
    const workspace = await context.workspace();
    const named =
      args.parent === undefined
        ? undefined
        : await resolveEntry(workspace, { spec: args.parent, allowTombstoned: false });
    const { runId, force } = args;
    const corpus = args.corpus === undefined ? undefined : resolve(context.cwd, args.corpus);
    const folder = resolve(context.cwd, args.folder ?? '.');
    const result = await writeManifest(workspace, {
      folder,
      params,
      force,
      ...given({ corpus, seed, runId, parent: named?.sha256 }),
    });
    const facts = manifestFacts(result);
    return {
      json: facts,
      text: (style) => [`wrote ${relative(context.cwd, result.path)}`, ...renderManifestFacts(facts, style)],
      notes: manifestWarnings(facts),
    };
  },
});
