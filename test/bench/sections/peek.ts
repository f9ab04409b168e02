/** A look at a registry behind HTTP, without a clone: beside git's listing of it, which is no answer yet. */
import { cacheFolder } from '../cache-folder.ts';
import { withHttpServer } from '../http-server.ts';
import { measure, type Variant } from '../measure.ts';
import { registryArgv, taskArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, middleModel, type RegistryShape, versionAt } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

const WHY =
  'Besides the listing it downloads the entry with its parents and recomputes it: `git fetch` and `git cat-file` are started.';

/** Yields one section a registry. */
export async function* measurePeeks(shapes: readonly RegistryShape[], rounds: number): AsyncGenerator<ReportSection> {
  for (const shape of shapes) yield await measurePeek(shape, rounds);
}

/** Measures the listing that one version takes, and `resolve --remote` of it and of `latest`. */
async function measurePeek(shape: RegistryShape, rounds: number): Promise<ReportSection> {
  return withHttpServer(cachedRegistry(shape), async (server) => {
    const times = measure(variants(shape, server.url('.git')), rounds);
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
  });
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
