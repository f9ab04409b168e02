/** The licences of the packages that the bundle carries: each asks that its text goes along. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Returns the folders of the packages, relative to the project, that the bundles hold code of. */
function packageFolders(metafiles: readonly Metafile[]): string[] {
  const inputs = metafiles.flatMap((metafile) =>
    Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)),
  );
  const folders = inputs.map((input) => PACKAGE.exec(input)?.[1]).filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

async function noticeOf(folder: string): Promise<string> {
  const about = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? '' : `\n${(await readFile(path.join(folder, file), 'utf8')).trim()}\n`;
  return `${String(about['name'])} ${String(about['version'])} (${String(about['license'])})\n${text}`;
}

/** Returns one text with the name, version and licence of every package in the bundles. */
export async function collectNotices(root: string, metafiles: readonly Metafile[]): Promise<string> {
  const notices = await Promise.all(packageFolders(metafiles).map((folder) => noticeOf(path.join(root, folder))));
  return `git-registry carries code of these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
