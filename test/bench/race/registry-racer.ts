/** Races with `git registry`. */
import { registryArgv } from '../programs.ts';
import { writeTinyBundle } from '../tiny-bundle.ts';
import { RACED_MODEL, type RaceField, type Racer, type RunEnd, runBeside } from './field.ts';

/** Others kept pushing: ask again (format §9). */
const CONTENDED = 75;

/** Registers, then pushes as a pipeline would: again while it is told that others push. */
export function registryRacer({ clones, bundle }: RaceField, index: number): Racer {
  const cwd = clones[index] ?? '';
  const push = async (): Promise<void> => expectDone(await pushUntilDone(cwd));
  return {
    prepare: async (entry) => {
      writeTinyBundle(bundle(index), `race ${index} ${entry}`);
      expectDone(await runBeside(registryArgv('register', bundle(index), '--model', RACED_MODEL), cwd));
    },
    push,
    finish: push,
  };
}

/** Pushes until it is not contended any more. What each attempt said counts. */
export async function pushUntilDone(cwd: string): Promise<RunEnd> {
  let told = '';
  for (;;) {
    const { status, stderr } = await runBeside(registryArgv('push'), cwd);
    told += stderr;
    if (status !== CONTENDED) return { status, stderr: told };
  }
}

function expectDone({ status, stderr }: RunEnd): void {
  if (status !== 0) throw new Error(`a racing git registry exited with ${status}: ${stderr}`);
}
