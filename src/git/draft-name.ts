/** What a file is called until it is whole and gets its name. */

let drafts = 0;

/** Returns a name beside `path` that no other draft has: in containers that share a folder, processes share their numbers. */
export function draftName(path: string): string {
  drafts += 1;
  return `${path}.${process.pid}-${process.hrtime.bigint()}-${drafts}.tmp`;
}
