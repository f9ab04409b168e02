/** MLflow's registry on SQLite: by its client, since it has no command for it; a process each time. */

import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { childEnvironment } from '../child-environment.ts';
import type { Variant } from '../measure.ts';
import { pythonPrograms, versionOf } from './installed-peers.ts';
import type { Peer } from './peer-work.ts';

const SCRIPT = `
import sys
from mlflow import MlflowClient
work, uri, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = MlflowClient(tracking_uri=uri, registry_uri=uri)
if work == "fill":
    client.create_registered_model("nn")
    for index in range(count):
        client.create_model_version("nn", f"s3://bucket/{index}")
elif work == "get":
    print(client.get_model_version("nn", str(count)).source)
elif work == "search":
    token, seen = None, 0
    while token != "":
        page = client.search_model_versions("name='nn'", max_results=1000, page_token=token)
        seen, token = seen + len(page), page.token or ""
    print(seen)
elif work == "create":
    print(client.create_model_version("nn", "s3://bucket/new").version)
`;

/** Returns MLflow with so many versions of one model. */
export function mlflow(versions: number): Peer {
  const programs = pythonPrograms('mlflow');
  const cwd = cacheFolder('peers', 'mlflow-work');
  const [script, database] = [join(cwd, 'registry.py'), join(cwd, 'registry.db')];
  rmSync(database, { force: true });
  writeFileSync(script, SCRIPT);
  const python = join(programs, 'python');
  const argv = (work: string): Variant['argv'] => [python, script, work, `sqlite:///${database}`, String(versions)];
  const fill = spawnSync(python, [script, 'fill', `sqlite:///${database}`, String(versions)], {
    cwd,
    env: childEnvironment(),
  });
  if (fill.status !== 0) throw new Error(`mlflow: ${fill.stderr.toString().slice(-500)}`);
  const variant = (work: string, typed: string, prints: RegExp): Variant & { readonly typed: string } => {
    return { id: `mlflow ${work}`, typed, cwd, argv: argv(work), prints };
  };
  return {
    name: 'MLflow',
    version: versionOf(join(programs, 'mlflow')),
    work: {
      resolve: variant('get', 'get_model_version', /^s3:/m),
      list: variant('search', 'search_model_versions', /^\d{4,}$/m),
      register: variant('create', 'create_model_version', /^\d+$/m),
    },
  };
}
