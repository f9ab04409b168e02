/** Recomputes an entry byte for byte: any difference is tampering or damage (format §4). */
import { type ObjectId, type Sha256, sha256Of } from '../domain/digest.ts';
import { depthOfEntryCommit, parseEntryMessage, planEntry } from '../domain/entry.ts';
import { RegistryError } from '../domain/errors.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { decodeCommit } from '../domain/git-object.ts';
import { canonicalSha } from '../domain/identity.ts';
import { decodeManifest, type Manifest } from '../domain/manifest.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { StoredObject } from '../ports/object-store.ts';
import type { Workspace } from './workspace.ts';

/** What verification found of one entry commit. */
export interface VerifiedEntry {
  readonly findings: readonly Finding[];
  /** What the commit says it is, as far as it can be read. */
  readonly sha256?: Sha256;
  readonly manifest?: Manifest;
  /** SHA-256 of manifest.json. */
  readonly manifestDigest?: Sha256;
  /** Its git parents: the entries of the manifest's parents, then of its inputs. */
  readonly parents?: readonly ObjectId[];
}

/** Verifies the entry behind a commit: manifest, identity, stored files, pointers, tree, commit. Damage is a finding, never a fault. */
export async function verifyEntry(workspace: Workspace, commit: ObjectId): Promise<VerifiedEntry> {
  try {
    return await verifyReadable(workspace, commit);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === 'corrupt-object') return { findings: [finding('entry-missing', commit, error.message)] };
    if (error.code === 'corrupt-entry') return { findings: [finding('entry-commit-differs', commit, error.message)] };
    throw error;
  }
}

async function verifyReadable(workspace: Workspace, commit: ObjectId): Promise<VerifiedEntry> {
  const object = await workspace.objects.find(commit);
  if (object?.type !== 'commit') return { findings: [finding('entry-missing', commit, 'the entry commit is missing')] };
  const decoded = decodeCommit(object.body);
  const stated = parseEntryMessage(decoded.message);
  const subject = stated?.sha256 ?? commit;
  const blob = await workspace.objects.find(`${commit}:manifest.json`);
  if (blob === undefined) return { findings: [finding('entry-missing', subject, 'manifest.json is missing')] };
  const read = readManifestText(subject, blob.body);
  if ('code' in read) return { findings: [read], ...(stated === undefined ? {} : { sha256: stated.sha256 }) };
  const manifest = read;
  const manifestDigest = sha256Of(blob.body);
  const identity = verifyIdentity(manifest, stated?.sha256);
  const stored = await verifyStored(workspace, commit, manifest);
  const shape = stored.findings.length > 0 ? [] : await verifyShape(workspace, object, decoded, manifest, stored.files);
  const findings = [...identity, ...stored.findings, ...shape];
  return { findings, sha256: manifest.sha256, manifest, manifestDigest, parents: decoded.parents };
}

function readManifestText(subject: string, body: Uint8Array): Manifest | Finding {
  try {
    return decodeManifest(decodeUtf8(body) ?? '');
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return finding('entry-manifest-invalid', subject, error.message);
  }
}

function verifyIdentity(manifest: Manifest, stated: Sha256 | undefined): readonly Finding[] {
  const computed = canonicalSha(manifest);
  if (computed === manifest.sha256 && (stated === undefined || stated === computed)) return [];
  return [
    finding(
      'entry-identity-differs',
      manifest.sha256,
      `expected ${computed} as its content says, got ${stated ?? manifest.sha256}`,
    ),
  ];
}

async function verifyStored(
  workspace: Workspace,
  commit: ObjectId,
  manifest: Manifest,
): Promise<{ readonly findings: readonly Finding[]; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const kept = manifest.files.filter(({ store }) => store === 'git');
  const files = new Map<string, Uint8Array>();
  const findings: Finding[] = [];
  for (const file of kept) {
    // By the child that runs anyway: a log of a thousand entries would start as many processes otherwise.
    const blob = await workspace.objects.find(`${commit}:bundle/${file.path}`);
    const subject = `${manifest.sha256} ${file.path}`;
    if (blob === undefined) findings.push(finding('entry-missing', subject, 'the file is missing'));
    else if (blob.body.length !== file.bytes || sha256Of(blob.body) !== file.sha256) {
      findings.push(
        finding('entry-file-differs', subject, `expected SHA-256 ${file.sha256}, got ${sha256Of(blob.body)}`),
      );
    } else files.set(file.path, blob.body);
  }
  return { findings, files };
}

/** Everything that the manifest does not itself hold: pointers, tree modes and names, the commit's every byte. */
async function verifyShape(
  workspace: Workspace,
  object: StoredObject,
  decoded: ReturnType<typeof decodeCommit>,
  manifest: Manifest,
  gitFiles: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Finding[]> {
  const parents = await readParents(workspace, decoded.parents, manifest);
  if (parents.kind === 'finding') return [parents.finding];
  const plan = planEntry({ manifest, gitFiles, parentCommits: parents.commits, hash: workspace.hash });
  if (plan.tree !== decoded.tree) return verifyTree(workspace, object.id, manifest, plan.objects);
  if (plan.commit === object.id) return [];
  return [finding('entry-commit-differs', manifest.sha256, `expected commit ${plan.commit}, got ${object.id}`)];
}

type Parents =
  | { readonly kind: 'commits'; readonly commits: readonly { readonly commit: ObjectId; readonly depth: number }[] }
  | { readonly kind: 'finding'; readonly finding: Finding };

async function readParents(workspace: Workspace, ids: readonly ObjectId[], manifest: Manifest): Promise<Parents> {
  const expected = [...manifest.parents, ...manifest.inputs];
  const differs = (message: string): Parents => ({
    kind: 'finding',
    finding: finding('entry-commit-differs', manifest.sha256, message),
  });
  if (ids.length !== expected.length) return differs(`expected ${expected.length} parents, got ${ids.length}`);
  const commits: { readonly commit: ObjectId; readonly depth: number }[] = [];
  for (const [index, commit] of ids.entries()) {
    const parent = await workspace.objects.find(commit);
    if (parent?.type !== 'commit')
      return {
        kind: 'finding',
        finding: finding('entry-missing', manifest.sha256, `parent commit ${commit} is missing`),
      };
    const stated = parseEntryMessage(decodeCommit(parent.body).message)?.sha256;
    if (stated !== expected[index])
      return differs(`parent ${index + 1}: expected entry ${expected[index]}, got ${stated ?? 'no entry'}`);
    commits.push({ commit, depth: depthOfEntryCommit(parent.body) });
  }
  return { kind: 'commits', commits };
}

/** Names what makes a tree another than the manifest gives: a pointer, or a name, mode or file too many. */
async function verifyTree(
  workspace: Workspace,
  commit: ObjectId,
  manifest: Manifest,
  expected: ReturnType<typeof planEntry>['objects'],
): Promise<readonly Finding[]> {
  const blobs = new Set(expected.filter(({ type }) => type === 'blob').map(({ id }) => id));
  const findings: Finding[] = [];
  for (const file of manifest.files) {
    if (file.store !== 'cache') continue;
    const pointer = await workspace.objects.find(`${commit}:bundle/${file.path}.dvc`);
    if (pointer === undefined || !blobs.has(pointer.id)) {
      findings.push(
        finding(
          'entry-pointer-differs',
          `${manifest.sha256} ${file.path}.dvc`,
          'the DVC pointer is not the one that the manifest gives',
        ),
      );
    }
  }
  if (findings.length > 0) return findings;
  return [
    finding('entry-tree-differs', manifest.sha256, 'the tree has other names, modes or files than the manifest gives'),
  ];
}
