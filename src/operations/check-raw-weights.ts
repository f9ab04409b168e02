/** Weights that git would keep as they are: told by content, so under any name; and broken safetensors headers. */
import { type Finding, finding } from '../domain/finding.ts';
import { CACHE_THRESHOLD, roleOf } from '../domain/role.ts';
import { checkSafetensorsHeader, decodeHeaderLength } from '../domain/safetensors.ts';
import { detectFormat, FORMAT_HEAD_BYTES, type WeightsFormat } from '../domain/weights-format.ts';
import type { Snapshot, SnapshotFile } from '../ports/snapshot.ts';

/** The attribute by which a project says that a file may be committed raw, e.g. a fixture of its tests. */
export const RAW_ATTRIBUTE = 'registry-raw';

/** Git LFS keeps a text in git and the bytes elsewhere. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n';

/** Opens all files, one after the other, and finds raw weights and broken headers among them. */
export async function checkRawWeights(
  snapshot: Snapshot,
): Promise<{ readonly files: readonly SnapshotFile[]; readonly findings: readonly Finding[] }> {
  const files: SnapshotFile[] = [];
  const raw: Finding[] = [];
  const broken: Finding[] = [];
  for await (const { head, ...file } of snapshot.open(FORMAT_HEAD_BYTES)) {
    files.push(file);
    const what = describeWeights(file, head);
    if (what !== undefined)
      raw.push(finding('weights-raw', file.path, `${what}, ${file.bytes} bytes: git would keep them for ever`));
    if (!file.path.endsWith('.safetensors') || startsWith(head, LFS_POINTER)) continue;
    const message = await findBrokenHeader(head, file.bytes, (length) => snapshot.readHead(file.path, length));
    if (message !== undefined) broken.push(finding('header-broken', file.path, message));
  }
  const allowed = await snapshot.withAttribute(
    RAW_ATTRIBUTE,
    raw.map(({ subject }) => subject),
  );
  return { files, findings: [...raw.filter(({ subject }) => !allowed.has(subject)), ...broken] };
}

/** Returns what makes a file weights, or undefined. A zip is one only under a name of weights: wheels and documents are zips too. */
function describeWeights({ path, bytes }: SnapshotFile, head: Uint8Array): string | undefined {
  const format: WeightsFormat = detectFormat(head, path, bytes);
  const named = roleOf(path) === 'weights';
  if (format === 'unknown' || format === 'zip') {
    const isLarge = bytes > CACHE_THRESHOLD || (format === 'zip' && named);
    return named && isLarge ? 'weights by its name' : undefined;
  }
  return `${format} weights`;
}

/**
 * Returns what is wrong with the header of a safetensors file whose beginning is `head`, or undefined. `readHead` reads
 * more where the header is longer.
 */
export async function findBrokenHeader(
  head: Uint8Array,
  bytes: number,
  readHead: (length: number) => Promise<Uint8Array | undefined>,
): Promise<string | undefined> {
  const firstEight = head.subarray(0, 8);
  const length = decodeHeaderLength(firstEight, bytes);
  if (typeof length !== 'number') return length.message;
  const whole = head.length >= 8 + length ? head : await readHead(8 + length);
  const checked = checkSafetensorsHeader({ firstEight, headerBytes: whole?.subarray(8, 8 + length) }, bytes);
  return checked.kind === 'invalid' ? checked.message : undefined;
}

function startsWith(head: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (head[at] !== text.charCodeAt(at)) return false;
  return true;
}
