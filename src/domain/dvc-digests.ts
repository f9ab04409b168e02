/** The MD5s that a `.dvc` pointer or a `dvc.lock` gives for outputs, as DVC 1 to 3 write them. */

const OUTS = /^outs:[ \t]*$/m;
const NEXT_KEY = /^[A-Za-z_]/m;
const MD5 = /^[ \t-]*md5: *['"]?([0-9a-f]{32}(?:\.dir)?)['"]?[ \t]*$/gm;

/** Returns the digests of the `outs` of a pointer; none where it has none that DVC would write. */
export function pointerDigests(text: string): readonly string[] {
  const start = OUTS.exec(text);
  if (start === null) return [];
  const rest = text.replaceAll('\r\n', '\n').slice(start.index + start[0].length);
  // A sequence may stand at the margin of its key, so the next key is the first line that begins with a letter.
  const next = NEXT_KEY.exec(rest.slice(1));
  return digestsIn(next === null ? rest : rest.slice(0, next.index + 1));
}

/** Returns every digest of a text, e.g. of a `dvc.lock`. */
export function digestsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(MD5), ([, md5]) => md5 ?? '');
}
