/**
 * What a GTO tag points to: a commit of its own for each version (GTO takes one version a commit), whose tree has the entry,
 * the `dvc.yaml` that `dvc artifacts get` reads, and what continuous integration and DVC read of the tagged commit.
 */
import type { ObjectId } from './digest.ts';
import {
  encodeCommit,
  encodeTree,
  type HashObject,
  type NewObject,
  type NewTreeEntry,
  type TreeEntry,
} from './git-object.ts';
import type { GtoTag } from './gto-tag.ts';
import type { Manifest } from './manifest.ts';
import { encodeUtf8 } from './utf8.ts';

const IDENTITY = 'git-registry <git-registry@localhost>';

/** Folders at the top of the code that forges and DVC read. */
const CODE_FOLDERS: ReadonlySet<string> = new Set(
  '.github .gitlab .gitea .forgejo .circleci .woodpecker .buildkite .dvc'.split(' '),
);
/** Files there. */
const CODE_FILES: ReadonlySet<string> = new Set(
  '.gitlab-ci.yml .woodpecker.yml .woodpecker.yaml .travis.yml azure-pipelines.yml bitbucket-pipelines.yml Jenkinsfile'.split(
    ' ',
  ),
);

/** What a carrier is made from. */
export interface Carrier {
  /** The tag that registers the version. */
  readonly tag: GtoTag;
  readonly manifest: Manifest;
  readonly entry: ObjectId;
  /** The top of the entry's tree. */
  readonly files: readonly TreeEntry[];
  /** The top of the tree of the code; empty where there is none. */
  readonly code: readonly TreeEntry[];
}

/** Returns the objects of a carrier, the commit last. */
export function planCarrier({ tag, manifest, entry, files, code }: Carrier, hash: HashObject): readonly NewObject[] {
  const make = (type: NewObject['type'], body: Uint8Array): NewObject => ({ type, id: hash(type, body), body });
  const artifacts = make('blob', encodeUtf8(artifactsText(tag, manifest)));
  const taken = code.flatMap(readsAtTop);
  const objects = [artifacts];
  const top = new Map([...taken, ...files.flatMap(asWritten)].map((item) => [item.name, item]));
  top.set('dvc.yaml', { mode: '100644', name: 'dvc.yaml', id: artifacts.id });
  if (!top.has('.dvc')) {
    // Without a `.dvc` folder stock DVC sees no project; its settings then come from the command line.
    const config = make('blob', new Uint8Array());
    const folder = make('tree', encodeTree([{ mode: '100644', name: 'config', id: config.id }]));
    objects.push(config, folder);
    top.set('.dvc', { mode: '40000', name: '.dvc', id: folder.id });
  }
  const tree = make('tree', encodeTree([...top.values()]));
  const who = `${IDENTITY} ${tag.time} +0000`;
  const message = carrierMessage(tag);
  const commit = encodeCommit({ tree: tree.id, parents: [entry], author: who, committer: who, message });
  return [...objects, tree, make('commit', commit)];
}

/** Returns the message of a carrier, by which it is known again: its tree follows the code of whoever made it. */
export function carrierMessage({ model, version, sha256 }: Pick<GtoTag, 'model' | 'version' | 'sha256'>): string {
  return `registry ${model} ${version}\n\nRegistry-Sha256: ${sha256}\n`;
}

/** Returns an annotated tag. */
export function gtoTagBody(tag: GtoTag, carrier: ObjectId): Uint8Array {
  const headers = [`object ${carrier}`, 'type commit', `tag ${tag.name}`, `tagger ${tagger(tag)} ${tag.time} +0000`];
  const trailers = [`Registry-Sha256: ${tag.sha256}`, `Registry-Event: ${tag.event}`];
  return encodeUtf8(`${headers.join('\n')}\n\n${subject(tag)}\n\n${trailers.join('\n')}\n`);
}

/** GTO's own words. */
function subject({ action, model, version, slot }: GtoTag): string {
  switch (action) {
    case 'register':
      return `Registering artifact ${model} version ${version}`;
    case 'deregister':
      return `Deregistering artifact ${model} version ${version}`;
    case 'assign':
      return `Assigning stage ${slot} to artifact ${model} version ${version}`;
    case 'unassign':
      return `Unassigning stage ${slot} from artifact ${model} version ${version}`;
  }
}

/** An identity as a git header holds it. */
function tagger({ by }: GtoTag): string {
  const clean = (text: string): string => text.replace(/[\p{Cc}<>]/gu, '').trim();
  return `${clean(by.name) || 'unknown'} <${clean(by.email)}>`;
}

/** Strings of JSON are strings of YAML. */
function artifactsText({ model, version, sha256 }: GtoTag, manifest: Manifest): string {
  const lines = [
    'artifacts:',
    `  ${JSON.stringify(model)}:`,
    `    path: ${JSON.stringify(artifactPath(manifest))}`,
    '    type: model',
    '    meta:',
    `      version: ${JSON.stringify(version)}`,
    `      sha256: ${JSON.stringify(sha256)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The one weights file, else the whole bundle. */
function artifactPath({ files }: Manifest): string {
  const [weights, ...others] = files.filter(({ role }) => role === 'weights');
  return weights === undefined || others.length > 0 ? 'bundle' : `bundle/${weights.path}`;
}

function readsAtTop(item: TreeEntry): readonly NewTreeEntry[] {
  return CODE_FOLDERS.has(item.name) || CODE_FILES.has(item.name) ? asWritten(item) : [];
}

/** Links and submodules of the code stay behind. */
function asWritten({ mode, name, id }: TreeEntry): readonly NewTreeEntry[] {
  if (mode === '40000' || mode === '040000') return CODE_FILES.has(name) ? [] : [{ mode: '40000', name, id }];
  return (mode === '100644' || mode === '100755') && !CODE_FOLDERS.has(name) ? [{ mode: '100644', name, id }] : [];
}
