/** The machine and the Python that training ran in, as far as they can be found out. */
import { arch, platform, release } from 'node:os';
import { execa } from 'execa';
import type { JsonValue } from '../domain/canonical-json.ts';

/** Prints the version and every installed distribution: faster than `pip freeze`, and needs no pip. */
const PYTHON = `
import importlib.metadata as m, json, platform
print(json.dumps({"python": platform.python_version(), "packages": sorted({f"{d.metadata['Name']}=={d.version}" for d in m.distributions() if d.metadata['Name']})}))
`;

async function run(command: string, arguments_: readonly string[]): Promise<string | undefined> {
  const result = await execa(command, arguments_, {
    reject: false,
    timeout: 20_000,
    stdin: 'ignore',
    stripFinalNewline: true,
  });
  return result.failed ? undefined : result.stdout;
}

async function python(): Promise<{ readonly python: string; readonly packages: readonly string[] } | undefined> {
  const output = (await run('python3', ['-c', PYTHON])) ?? (await run('python', ['-c', PYTHON]));
  return output === undefined ? undefined : (JSON.parse(output) as { python: string; packages: string[] });
}

/** Returns the environment; what is not found is left out. */
export async function readEnvironment(): Promise<JsonValue> {
  const [found, gpus] = await Promise.all([
    python(),
    run('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']),
  ]);
  const members: [string, JsonValue][] = [['os', `${platform()} ${release()} ${arch()}`]];
  if (found !== undefined) members.push(['python', found.python], ['packages', found.packages]);
  if (gpus !== undefined && gpus !== '') members.push(['gpu', gpus.split('\n').map((line) => line.trim())]);
  return new Map(members);
}
