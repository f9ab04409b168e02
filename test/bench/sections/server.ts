/** A server with our hooks: what judging a push costs beside the same push to a server without. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { childEnvironment } from '../child-environment.ts';
import { gitText } from '../git-text.ts';
import { measure, median, peakMemory, type Times, type Variant } from '../measure.ts';
import { registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { middleModel, SMALL } from '../registry/shape.ts';
import { type ReportLine, type ReportSection, ratioLine } from '../report-line.ts';

/** As many as format §7.1 lets a push have. */
const VIEWS = 500;

const IDLE = 'views, an empty hook';

const WHY_VIEWS =
  'For each ref git starts the `update` hook, a shell that reads one file and starts nothing, and the judge makes that ' +
  'file; node is started once. The line after it is the same push to a server whose `update` hook does nothing.';

/** Measures pushes of one model of 1,000 entries: its log with every entry new to the server, then 500 views, then a branch. */
export function measureServer(rounds: number): ReportSection {
  const cwd = cachedRegistry(SMALL);
  const log = `refs/registry/log/${middleModel(SMALL)}`;
  const views = gitText(cwd, ['for-each-ref', '--format=%(refname)', 'refs/registry/semver'])
    .split('\n')
    .filter((name) => name !== '')
    .slice(0, VIEWS);
  const pushes: readonly (readonly [id: string, before: readonly string[], refs: readonly string[]])[] = [
    ['events', [], [log]],
    ['views', [log], views],
    ['branch', [log], ['refs/heads/main']],
  ];
  const variants = pushes.flatMap(([id, before, refs]) => [
    pushTo(`${id}, no hooks`, cwd, serverFolder('plain'), before, refs),
    pushTo(id, cwd, serverFolder('judging'), before, refs),
  ]);
  const [, judged, , viewsJudged] = variants;
  const idle = viewsJudged === undefined ? [] : [withIdleHook(viewsJudged)];
  const times = measure([...variants, ...idle], rounds);
  return {
    title: 'A server that judges pushes',
    lines: [
      lineOf(times, 'events', 'push of a log, every entry recomputed', '1,000 events, 1,000 entries'),
      { ...lineOf(times, 'views', 'push of views', `${VIEWS} versions`), why: WHY_VIEWS },
      {
        what: 'push of views, the hook `update` alone and empty',
        size: `${VIEWS} versions`,
        value: median(times.get(IDLE)),
        unit: 'ms',
      },
      lineOf(times, 'branch', 'push of a branch', 'one branch'),
      perEvent(times),
      ...(judged === undefined ? [] : [memoryOf(judged)]),
    ],
  };
}

function serverFolder(name: 'plain' | 'judging'): string {
  return join(cacheFolder('copies'), `server-${name}`);
}

/** A push to a bare repository that is made anew for each round, and has what `before` names. */
function pushTo(id: string, cwd: string, server: string, before: readonly string[], refs: readonly string[]): Variant {
  const prepare = (): void => {
    rmSync(server, { recursive: true, force: true });
    gitText(cwd, ['init', '--quiet', '--bare', server]);
    if (before.length > 0) gitText(cwd, ['push', '--quiet', server, ...before]);
    if (server === serverFolder('judging')) installHooks(server);
  };
  const specs = refs.map((ref) => `${ref}:${ref}`);
  return { id, cwd, prepare, argv: ['git', 'push', '--quiet', server, ...specs] };
}

/** What git itself takes to start a hook for each ref. */
function withIdleHook(push: Variant): Variant {
  const prepare = (round: number): void => {
    push.prepare?.(round);
    const hooks = join(serverFolder('judging'), 'hooks');
    rmSync(join(hooks, 'pre-receive'));
    writeFileSync(join(hooks, 'update'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  };
  return { ...push, id: IDLE, prepare };
}

function installHooks(cwd: string): void {
  const [command, ...args] = registryArgv('hooks', 'install', '--server');
  const { status } = spawnSync(command, args, { cwd, env: childEnvironment(), stdio: 'ignore' });
  if (status !== 0) throw new Error(`hooks install --server exited with ${status}`);
}

function lineOf(times: Times, subject: string, what: string, size: string): ReportLine {
  return ratioLine(times, { what, size, subject, floor: [`${subject}, no hooks`] });
}

function perEvent(times: Times): ReportLine {
  const more = median(times.get('events')) - median(times.get('events, no hooks'));
  return { what: 'judging alone, each event with its entry', size: '1,000 events', value: more / 1000, unit: 'ms' };
}

/** The hook's node inherits the environment of a push to a folder. */
function memoryOf(push: Variant): ReportLine {
  return { what: 'memory of the judge', size: '1,000 events', value: peakMemory(push), unit: 'MiB' };
}
