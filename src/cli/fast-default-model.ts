/** The default model of the short way of `resolve`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';

/** Returns git config `registry.model`, then the one line of registry.yaml; undefined where a YAML parser is needed. */
export function findDefaultModel(repository: Repository): string | undefined {
  const config = spawnSync('git', ['config', '--get', 'registry.model'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (config.status === 0) return config.stdout.trim();
  if (config.status !== 1 || repository.workTree === undefined) return undefined;
  const text = readFileSync(join(repository.workTree, 'registry.yaml'), 'utf8');
  const lines = text.split('\n').filter((line) => /^['"]?model['"]?\s*:/.test(line));
  const name = /^model: ([A-Za-z][A-Za-z0-9._/-]*)$/.exec(lines.length === 1 ? (lines[0] ?? '') : '')?.[1];
  return name === undefined || /^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(name) ? undefined : name;
}
