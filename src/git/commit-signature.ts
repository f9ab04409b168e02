/** The signature in a commit, and the bytes that it is of: the commit without its signature headers, as git signs it. */

/** A signed commit taken apart. */
export interface SignedCommit {
  readonly signature: string;
  readonly payload: Buffer;
}

const HEADERS = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' } as const;

/** Takes a commit apart; undefined where it is not signed in its own object format. */
export function splitSignature(body: Uint8Array, format: 'sha1' | 'sha256'): SignedCommit | undefined {
  // Latin-1 keeps every byte.
  const text = Buffer.from(body).toString('latin1');
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const kept: string[] = [];
  const signature: string[] = [];
  let header = '';
  for (const line of text.slice(0, end).split('\n')) {
    const isContinued = line.startsWith(' ');
    if (!isContinued) header = line.slice(0, Math.max(0, line.indexOf(' ')));
    if (header === HEADERS[format]) signature.push(isContinued ? line.slice(1) : line.slice(header.length + 1));
    else if (header !== HEADERS.sha1 && header !== HEADERS.sha256) kept.push(line);
  }
  if (signature.length === 0) return undefined;
  const payload = Buffer.from(kept.join('\n') + text.slice(end), 'latin1');
  return { signature: `${signature.join('\n')}\n`, payload };
}

/** Returns the committer's instant in Unix seconds. */
export function committedAt(payload: Buffer): number | undefined {
  const [, seconds] = /^committer .*> (\d{1,12}) [+-]\d{4}$/m.exec(payload.toString('latin1')) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
