/** Clones that want one version at once: one gets it, the others hear who has it, and no entry is lost. */
import { gitText } from '../git-text.ts';
import { registryArgv } from '../programs.ts';
import { makeField, RACED_MODEL, type RaceField, type RunEnd, runBeside } from '../race/field.ts';
import { pushUntilDone } from '../race/registry-racer.ts';
import type { ReportSection } from '../report-line.ts';
import { writeTinyBundle } from '../tiny-bundle.ts';

const CLONES = 8;
const ROUNDS = 100;
/** A conflict with what others did (format §9). */
const CONFLICT = 3;

/** Races `ROUNDS` times, in one set of clones. Throws for the first round in which a rule is broken. */
export async function measureVersionRace(): Promise<ReportSection> {
  const field = makeField('version', CLONES);
  const begin = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const broken = await raceOnce(field, round);
    if (broken !== undefined) throw new Error(`race for one version, round ${round}: ${broken}`);
  }
  const size = `${ROUNDS} rounds of ${CLONES} clones`;
  const value = (performance.now() - begin) / ROUNDS;
  return {
    title: 'A race for one version',
    lines: [
      {
        what: 'rounds in which not exactly one won, or a loser did not exit 3 and name both SHAs, or an entry was lost',
        size,
        value: 0,
        unit: 'violations',
        target: 0,
      },
      { what: 'a round: every clone registers, then pushes until it is told how it went', size, value, unit: 'ms' },
    ],
  };
}

/** Returns which rule was broken. */
async function raceOnce(field: RaceField, round: number): Promise<string | undefined> {
  const version = `v1.${round}.0`;
  const registered = await Promise.all(field.clones.map((clone, index) => register(field, clone, index, round)));
  const ended = await Promise.all(field.clones.map(pushUntilDone));
  const winner = shaAt(field.remote, version);
  const won = registered.indexOf(winner);
  const asExpected = ended.every(({ status }, index) => status === (index === won ? 0 : CONFLICT));
  if (won === -1 || !asExpected) return `${version} is ${winner}, exit codes ${ended.map(({ status }) => status)}`;
  const silent = ended.find((end, index) => index !== won && !names(end, [winner, registered[index] ?? '']));
  if (silent !== undefined) return `a loser was not told both SHAs: ${silent.stderr}`;
  return lostEntry(field, registered);
}

async function register(field: RaceField, cwd: string, index: number, round: number): Promise<string> {
  const bundle = field.bundle(index);
  writeTinyBundle(bundle, `version ${round} ${index}`);
  const args = ['register', bundle, '--model', RACED_MODEL, '--as', `v1.${round}.0`];
  const { status, stderr } = await runBeside(registryArgv(...args), cwd);
  if (status !== 0) throw new Error(`git registry ${args.join(' ')} exited with ${status}: ${stderr}`);
  return shaAt(cwd, `v1.${round}.0`);
}

/** Messages abbreviate to twelve digits. */
function names({ stderr }: RunEnd, digests: readonly string[]): boolean {
  return digests.every((digest) => stderr.includes(digest.slice(0, 12)));
}

/** What was registered is in the log there, whatever became of its version. */
function lostEntry({ remote }: RaceField, registered: readonly string[]): string | undefined {
  const subjects = gitText(remote, ['log', '--first-parent', '--format=%s', `refs/registry/log/${RACED_MODEL}`]);
  const lost = registered.find((digest) => !subjects.includes(digest.slice(0, 12)));
  return lost === undefined ? undefined : `${lost} is not in the log of the remote`;
}

/** Returns the digest of the entry that has a version, as its commit names it. */
function shaAt(cwd: string, version: string): string {
  const ref = `refs/registry/semver/${RACED_MODEL}/${version}`;
  return gitText(cwd, ['log', '-1', '--format=%s', ref]).split(' ').at(-1) ?? '';
}
