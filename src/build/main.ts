/**
 * The build: `src/` to `dist/`. Without arguments it does what a run from the checkout needs, and nothing when nothing
 * changed; `--release` starts afresh and adds type declarations; `--validators` makes only what the sources import;
 * `--docs` writes the generated pages of `docs/`.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleProgram } from './bundle.ts';
import { compileValidators } from './compile-validators.ts';
import { emitDeclarations } from './declarations.ts';
import { errorsPage } from './errors-page.ts';
import { buildManual } from './manual.ts';
import { copySchemas } from './schemas.ts';
import { digestInputs, isCurrent, writeStamp } from './stamp.ts';
import { writeOutput } from './write-output.ts';

/** Runs the build of the checkout at `root` (an absolute path). Rejects with what went wrong; nothing is left half written. */
export async function runBuild(root: string, args: readonly string[]): Promise<void> {
  if (args.includes('--docs')) {
    await writeOutput(path.join(root, 'docs/errors.md'), errorsPage());
    return;
  }
  await compileValidators(root);
  if (args.includes('--validators')) return;
  const release = args.includes('--release');
  const inputs = await digestInputs(root);
  if (!release && (await isCurrent(root, inputs))) return;
  // Only a release removes chunks of older builds: a test that is running may still load them.
  if (release) await rm(path.join(root, 'dist/chunks'), { recursive: true, force: true });
  const outputs = [...(await bundleProgram(root)), ...(await copySchemas(root)), ...(await buildManual(root))];
  if (release) await emitDeclarations(root);
  await writeStamp(root, inputs, outputs);
}
