import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli, runJson } from '../support/cli.ts';
import { lmBundle, writeBundle } from '../support/registry-rig.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

const PRELOAD = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url));

/** A verb under test: what was there before, what is run, and what is so once it is done. */
interface Case {
  readonly verb: string;
  readonly prepare: readonly (readonly string[])[];
  readonly command: readonly string[];
  readonly done: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  {
    verb: 'register',
    prepare: [],
    command: ['register', 'one', '--model', 'm', '--as', '1.0.0'],
    done: { 'v1.0.0': 'one' },
  },
  {
    verb: 'promote',
    prepare: [
      ['register', 'one', '--model', 'm', '--as', '1.0.0'],
      ['promote', 'm@v1.0.0', '--to', 'production'],
      ['register', 'two', '--model', 'm', '--pending'],
    ],
    command: ['promote', 'm@TWO', '--as', '1.1.0', '--to', 'production'],
    done: { 'v1.0.0': 'one', 'v1.1.0': 'two' },
  },
];

/** Points per verb; the distance between them follows from the number of steps that the verb takes. */
const POINTS = 24;

function prepared(steps: Case['prepare']): {
  readonly repository: TemporaryRepository;
  readonly shas: Record<string, string>;
} {
  const repository = temporaryRepository();
  const options = { cwd: repository.folder, env: repository.environment };
  const shas: Record<string, string> = {};
  for (const [name, seed] of [
    ['one', 1],
    ['two', 2],
  ] as const) {
    writeBundle(join(repository.folder, name), lmBundle(seed));
    shas[name] = String(runJson(['register', name, '--model', 'probe', '--dry-run'], options)['sha256']);
  }
  for (const args of steps) expect(runCli(args, options)).toMatchObject({ exitCode: 0 });
  return { repository, shas };
}

function fill(args: readonly string[], shas: Readonly<Record<string, string>>): readonly string[] {
  return args.map((arg) => arg.replace('TWO', (shas['two'] ?? '').slice(0, 12)));
}

describe.each(CASES)('$verb killed with SIGKILL', ({ prepare, command, done }) => {
  test(`at ${POINTS} points leaves what repair and a second run bring to the new state`, () => {
    const counted = prepared(prepare);
    const reportFile = join(dirname(counted.repository.folder), 'steps');
    const counting = {
      ...counted.repository.environment,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      KILL_AT: '0',
      KILL_REPORT: reportFile,
    };
    expect(runCli(fill(command, counted.shas), { cwd: counted.repository.folder, env: counting })).toMatchObject({
      exitCode: 0,
    });
    const steps = Math.max(...readFileSync(reportFile, 'utf8').trim().split('\n').map(Number));
    expect(steps).toBeGreaterThanOrEqual(POINTS);
    for (let point = 0; point < POINTS; point += 1) {
      const at = 1 + Math.floor((point * (steps - 1)) / (POINTS - 1));
      const { repository, shas } = prepared(prepare);
      const options = { cwd: repository.folder, env: repository.environment };
      const before = runJson(['tags'], options);
      const killed = runCli(fill(command, shas), {
        ...options,
        env: { ...options.env, NODE_OPTIONS: `--import=${PRELOAD}`, KILL_AT: String(at) },
      });
      const expected = Object.fromEntries(Object.entries(done).map(([version, name]) => [version, shas[name]]));
      // Old or new, nothing in between, whatever the point.
      const after = runJson(['tags'], options);
      expect([JSON.stringify(before), JSON.stringify({ m: expected })], `step ${at} of ${steps}`).toContain(
        JSON.stringify(after),
      );
      expect(killed.exitCode === 0 ? JSON.stringify(after) : 'killed').toBe(
        killed.exitCode === 0 ? JSON.stringify({ m: expected }) : 'killed',
      );
      expect(runCli(['repair'], options), `repair after step ${at}`).toMatchObject({ exitCode: 0 });
      expect(runCli(fill(command, shas), options), `second run after step ${at}`).toMatchObject({ exitCode: 0 });
      expect(runJson(['tags'], options)).toEqual({ m: expected });
      expect(runJson(['verify', '--all', '--weights'], options), `verify after step ${at}`).toMatchObject({ ok: true });
      expect(repository.git(['fsck', '--strict', '--no-dangling'])).toBe('');
      rmSync(dirname(repository.folder), { recursive: true, force: true });
    }
  });
});
