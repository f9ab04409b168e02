/** Sharing a large registry: what one new entry costs to publish and to receive, and what it costs to hear that there is none. */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { type HttpServer, withHttpServer } from '../http-server.ts';
import { measure, type Variant } from '../measure.ts';
import { type Argv, emptyNodeArgv, registryArgv, runProgram, runRegistry, taskArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, LARGE, middleModel } from '../registry/shape.ts';
import { type ReportLine, type ReportSection, ratioLine } from '../report-line.ts';
import { writeTinyBundle } from '../tiny-bundle.ts';

const WHY = {
  push:
    'Beside the push itself it lists the remote (twice, since a push ends with a listing that is verified), settles, sends ' +
    'the weights, and makes every process flush what it wrote; `git push` flushes nothing.',
  pull: 'Beside the fetch itself it lists the remote, verifies what came, judges the views, and settles all models.',
  all: 'Every listing of a remote of layout `all` names some 200,000 refs.',
} as const;

/** A push takes a minute: see the note. */
const ROUNDS = 1;

const NOTE =
  'One round, without a warm-up. Git walks to what is new through a list of commits sorted by date, and the new entry is older ' +
  'by its date (format §4.4) than every event, so that all entries behind all logs are put into the list first. `git push` in ' +
  'layout `log` does so here and on the remote, and so does `git fetch` once, in either layout. The registry tells its own git ' +
  'that there is nothing to look for; the git of the remote does it all the same. In layout `all` the remote names each entry, ' +
  'which spares a push the list.';

/** What the server may send for an everyday push, in KB. */
const MOST_KILOBYTES = 100;
/** A round that no measured push has: each registers a version of its own. */
const BYTES_ROUND = 1000;

/** Registries that are pushed from, each with a remote of its own: what is pushed to one is news to no other. */
const TEAMS = ['git-log', 'git-all', 'log', 'all'] as const;
type Team = (typeof TEAMS)[number];
type Layout = 'log' | 'all';

/** Measures a registry of 100 models x 1,000, and a bare folder in both layouts. */
export async function measureSync(): Promise<ReportSection> {
  for (const team of TEAMS) makeTeam(team);
  const variants: readonly Variant[] = [
    { id: 'node', cwd: cloneOf('log'), argv: emptyNodeArgv() },
    { id: 'ls-remote', cwd: cloneOf('log'), argv: ['git', 'ls-remote', '--quiet', remoteOf('log')] },
    ...TEAMS.map(pushOne),
    // What was pushed arrives with those who have it not.
    ...TEAMS.map(receiveOne),
    { id: 'fetch', cwd: cloneOf('log'), argv: registryArgv('fetch') },
  ];
  const times = measure(variants, ROUNDS, { cold: true });
  const size = describeShape(LARGE);
  return {
    title: `Sharing: ${size}`,
    note: NOTE,
    lines: [
      ratioLine(times, {
        what: '`push` of one new entry, layout `log`',
        size,
        subject: 'log',
        floor: ['node', 'git-log'],
        target: 3,
        why: WHY.push,
      }),
      ratioLine(times, {
        what: '`push` of one new entry, layout `all`',
        size,
        subject: 'all',
        floor: ['node', 'git-all'],
        why: WHY.all,
      }),
      ...(['log', 'all'] as const).map((layout) =>
        ratioLine(times, {
          what: `\`pull\` of one new entry, layout \`${layout}\``,
          size,
          subject: receivingOf(layout),
          floor: ['node', receivingOf(`git-${layout}`)],
          why: WHY.pull,
        }),
      ),
      ratioLine(times, {
        what: '`fetch` with nothing new, layout `log`',
        size,
        subject: 'fetch',
        floor: ['node', 'ls-remote'],
      }),
      ...(await withHttpServer(cacheFolder('copies'), received)),
    ],
  };
}

/** What the server sends for one push over HTTP, listings and answers; counted at the server. */
async function received(server: HttpServer): Promise<readonly ReportLine[]> {
  const lines: ReportLine[] = [];
  for (const team of ['log', 'all'] as const) {
    const cwd = cloneOf(team);
    gitText(cwd, ['config', 'remote.origin.url', server.url(basename(remoteOf(team)))]);
    register(team, BYTES_ROUND);
    const before = await server.sent();
    runRegistry(cwd, 'push', 'origin', middleModel(LARGE), '--no-weights');
    lines.push({
      what: `bytes from the server for \`push\` of one new entry, layout \`${team}\``,
      size: describeShape(LARGE),
      value: ((await server.sent()) - before) / 1000,
      unit: 'KB',
      ...(team === 'log' ? { target: MOST_KILOBYTES } : {}),
    });
  }
  return lines;
}

function cloneOf(team: Team): string {
  return join(cacheFolder('copies'), `team-${team}`);
}

/** Another clone of the same remote, which nothing is pushed from. */
function readerOf(team: Team): string {
  return join(cacheFolder('copies'), `reader-${team}`);
}

/** What a report calls the receiving of a team. */
function receivingOf(team: Team): string {
  return team.startsWith('git-') ? team.replace('git-', 'git-fetch-') : `pull-${team}`;
}

function remoteOf(team: Team): string {
  return join(cacheFolder('copies'), `team-${team}.git`);
}

/** Copies of a registry whose remote has all of it, and that know so. */
function makeTeam(team: Team): void {
  const remote = remoteOf(team);
  const cached = cachedTeam(team.endsWith('log') ? 'log' : 'all');
  rmSync(remote, { recursive: true, force: true });
  cpSync(join(cached, 'remote.git'), remote, { recursive: true });
  for (const clone of [cloneOf(team), readerOf(team)]) {
    rmSync(clone, { recursive: true, force: true });
    cpSync(join(cached, 'clone'), clone, { recursive: true });
    gitText(clone, ['config', 'remote.origin.url', remote]);
  }
}

/** Made once for each layout: what a fetch verifies there takes minutes. */
function cachedTeam(layout: Layout): string {
  const folder = join(cacheFolder('teams', 'v3'), layout);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  const [clone, remote] = [join(unfinished, 'clone'), join(unfinished, 'remote.git')];
  cpSync(cachedRegistry(LARGE), clone, { recursive: true });
  gitText(clone, ['init', '--quiet', '--bare', remote]);
  const kinds = layout === 'log' ? 'refs/registry/log/*' : 'refs/registry/*';
  gitText(clone, ['push', '--quiet', remote, `${kinds}:${kinds}`]);
  gitText(remote, ['pack-refs', '--all']);
  gitText(clone, ['remote', 'add', 'origin', remote]);
  gitText(clone, ['config', 'registry.remoteLayout', layout]);
  runRegistry(clone, 'fetch');
  // Git packs so many refs in the background.
  runProgram(taskArgv('settle', clone), clone);
  // A clone that is worked in has its logs folded.
  runRegistry(clone, 'list');
  renameSync(unfinished, folder);
  return folder;
}

/** Receives what the last push of a team brought: by git the same refs. */
function receiveOne(team: Team): Variant {
  const [id, cwd] = [receivingOf(team), readerOf(team)];
  if (!team.startsWith('git')) return { id, cwd, argv: registryArgv('pull') };
  const argv = (round: number): Argv => ['git', 'fetch', '--quiet', 'origin', ...refsOf(team, round)];
  return { id, cwd, argv };
}

/** Registers outside the measured time; what is pushed is the log, and under layout `all` the entry and its version. */
function pushOne(team: Team): Variant {
  const cwd = cloneOf(team);
  const model = middleModel(LARGE);
  const prepare = (round: number): void => register(team, round);
  if (!team.startsWith('git')) return { id: team, cwd, prepare, argv: registryArgv('push', 'origin', model) };
  const argv = (round: number): Argv => ['git', 'push', '--quiet', 'origin', ...refsOf(team, round)];
  return { id: team, cwd, prepare, argv };
}

function refsOf(team: Team, round: number): readonly string[] {
  const model = middleModel(LARGE);
  const views = team.endsWith('log') ? [] : [`refs/registry/semver/${model}/${versionOf(round)}`];
  return [`refs/registry/log/${model}`, ...views].map((ref) => `${ref}:${ref}`);
}

function register(team: Team, round: number): void {
  const bundle = cacheFolder('bundle');
  writeTinyBundle(bundle, `${team} ${process.pid} ${round}`);
  runRegistry(cloneOf(team), 'register', bundle, '--model', middleModel(LARGE), '--as', versionOf(round));
}

function versionOf(round: number): string {
  return `v3.${round}.0`;
}
