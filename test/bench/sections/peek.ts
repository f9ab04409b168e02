/** A look at a registry behind HTTP, without a clone: beside git's listing of it, which is no answer yet. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cacheFolder } from '../cache-folder.ts';
import { childEnvironment } from '../child-environment.ts';
import { measure, type Variant } from '../measure.ts';
import { registryArgv, taskArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, middleModel, type RegistryShape, versionAt } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

const WHY =
  'Besides the listing it downloads the entry with its parents and recomputes it: `git fetch` and `git cat-file` are started.';

/** Measures the listing that one version takes, and `resolve --remote` of it and of `latest`. */
export async function measurePeek(shape: RegistryShape, rounds: number): Promise<ReportSection> {
  const folder = cachedRegistry(shape);
  const [command, ...args] = taskArgv('serve', folder);
  const server = spawn(command, args, { env: childEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}/.git`;
    const times = measure(variants(shape, url), rounds);
    const size = describeShape(shape);
    const floor = ['git ls-remote'];
    return {
      title: `A look over HTTP: ${size}`,
      lines: [
        ratioLine(times, { what: 'listing of one version alone', size, subject: 'listing', floor }),
        ratioLine(times, { what: '`resolve MODEL@VERSION --remote`', size, subject: 'version', floor, why: WHY }),
        ratioLine(times, { what: '`resolve MODEL@latest --remote`', size, subject: 'latest', floor, why: WHY }),
      ],
    };
  } finally {
    server.kill();
  }
}

/** Outside any repository. */
function variants(shape: RegistryShape, url: string): readonly Variant[] {
  const [cwd, model] = [cacheFolder(), middleModel(shape)];
  const prints = /^[0-9a-f]{64}$/m;
  const version = versionAt(Math.floor(shape.entriesPerModel / 2));
  const pattern = 'refs/registry/*';
  return [
    { id: 'git ls-remote', cwd, argv: ['git', 'ls-remote', url, pattern], prints: /registry/ },
    { id: 'listing', cwd, argv: taskArgv('listing', url, model, version), prints: /^1 refs$/m },
    { id: 'version', cwd, argv: registryArgv('resolve', `${model}@${version}`, '--remote', url), prints },
    { id: 'latest', cwd, argv: registryArgv('resolve', `${model}@latest`, '--remote', url), prints },
  ];
}
