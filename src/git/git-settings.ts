/** What the user configured: git's configuration, and registry.yaml at the top of the work tree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Actor } from '../domain/event.ts';
import { DEFAULT_POLICY, type Policy } from '../domain/policy.ts';
import type { Settings } from '../ports/settings.ts';
import { fileFault } from './file-fault.ts';
import type { GitConfig } from './git-config.ts';
import type { Environment } from './git-environment.ts';
import { readIdentity } from './identity.ts';
import type { Repository } from './repository.ts';

const POLICY_FILE = 'registry.yaml';

/** The settings of one repository; each source is read when first asked, once. */
export class GitSettings implements Settings {
  readonly #repository: Repository;
  readonly #environment: Environment;
  readonly #config: GitConfig;
  #policy: Promise<Policy> | undefined;

  constructor(repository: Repository, environment: Environment, config: GitConfig) {
    this.#repository = repository;
    this.#environment = environment;
    this.#config = config;
  }

  find(key: string): Promise<string | undefined> {
    return this.#config.find(key);
  }

  identity(): Promise<Actor> {
    return readIdentity(this.#config, this.#environment);
  }

  remotes(): Promise<readonly string[]> {
    return this.#config.subsections('remote', 'url');
  }

  policy(): Promise<Policy> {
    this.#policy ??= readPolicy(this.#repository.workTree);
    return this.#policy;
  }
}

async function readPolicy(workTree: string | undefined): Promise<Policy> {
  const path = workTree === undefined ? undefined : join(workTree, POLICY_FILE);
  const text = path === undefined ? undefined : readIfThere(path);
  if (text === undefined) return DEFAULT_POLICY;
  // The YAML parser is loaded only where there is something to parse.
  const { decodePolicy } = await import('./policy-file.ts');
  return decodePolicy(text, POLICY_FILE);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(path, cause);
  }
}
