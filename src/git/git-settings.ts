/** What the user configured: git's configuration, and registry.yaml at the top of the work tree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { Actor } from '../domain/event.ts';
import { DEFAULT_POLICY, type GateRules, type Policy } from '../domain/policy.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { GoverningPolicy, Settings } from '../ports/settings.ts';
import { fileFault } from './file-fault.ts';
import type { GitConfig } from './git-config.ts';
import type { Environment } from './git-environment.ts';
import type { GitRunner } from './git-runner.ts';
import type { PolicySource } from './governing-policy.ts';
import { readIdentity } from './identity.ts';
import { cachePolicy, findCachedPolicy } from './policy-cache.ts';
import type { Repository } from './repository.ts';

const POLICY_FILE = 'registry.yaml';

/** What settings are read from. */
export interface SettingsSources {
  readonly repository: Repository;
  readonly environment: Environment;
  readonly config: GitConfig;
  readonly objects: ObjectStore;
  readonly git: GitRunner;
}

/** The settings of one repository; each source is read when first asked, once. */
export class GitSettings implements Settings {
  readonly #repository: Repository;
  readonly #environment: Environment;
  readonly #config: GitConfig;
  readonly #objects: ObjectStore;
  readonly #git: GitRunner;
  #policy: Promise<Policy> | undefined;
  #source: Promise<PolicySource> | undefined;
  #governing: Promise<GoverningPolicy> | undefined;

  constructor({ repository, environment, config, objects, git }: SettingsSources) {
    this.#repository = repository;
    this.#environment = environment;
    this.#config = config;
    this.#objects = objects;
    this.#git = git;
  }

  find(key: string): Promise<string | undefined> {
    return this.#config.find(key);
  }

  isOn(key: string): Promise<boolean> {
    return this.#config.isOn(key);
  }

  identity(): Promise<Actor> {
    return readIdentity(this.#config, this.#environment);
  }

  remotes(): Promise<readonly string[]> {
    return this.#config.subsections('remote', 'url');
  }

  policy(): Promise<Policy> {
    this.#policy ??= readPolicy(this.#repository);
    return this.#policy;
  }

  governing(): Promise<GoverningPolicy> {
    this.#governing ??= this.#policySource().then(async (source) => {
      const { readGoverningPolicy } = await import('./governing-policy.ts');
      return readGoverningPolicy(source, (text) => decodeCached(this.#repository.commonDir, text));
    });
    return this.#governing;
  }

  async readProjectFile(path: string): Promise<Uint8Array | undefined> {
    return (await this.#policySource()).read(path);
  }

  decodePolicy(text: string): Promise<Policy> {
    return decodeCached(this.#repository.commonDir, text);
  }

  async decodeGates(text: string, file: string): Promise<GateRules> {
    const { decodeGates } = await import('./policy-file.ts');
    return decodeGates(text, file);
  }

  #policySource(): Promise<PolicySource> {
    this.#source ??= this.#openPolicySource();
    return this.#source;
  }

  async #openPolicySource(): Promise<PolicySource> {
    const [{ openPolicySource }, { findPolicyCommit }] = await Promise.all([
      import('./governing-policy.ts'),
      import('./policy-commit.ts'),
    ]);
    const found = await findPolicyCommit(this.#repository, this.#git, this.#config);
    return openPolicySource(this.#repository.workTree, found, this.#objects);
  }

  async findPolicyFault(text: string): Promise<string | undefined> {
    const { decodePolicy } = await import('./policy-file.ts');
    try {
      decodePolicy(text, POLICY_FILE);
      return undefined;
    } catch (error) {
      if (error instanceof RegistryError) return error.message;
      throw error;
    }
  }
}

async function readPolicy({ workTree, commonDir }: Repository): Promise<Policy> {
  const path = workTree === undefined ? undefined : join(workTree, POLICY_FILE);
  const text = path === undefined ? undefined : readIfThere(path);
  return text === undefined ? DEFAULT_POLICY : decodeCached(commonDir, text);
}

async function decodeCached(commonDir: string, text: string): Promise<Policy> {
  const cached = findCachedPolicy(commonDir, text);
  if (cached !== undefined) return cached;
  // The YAML parser is dear to load, and loaded only for a text that was not read before.
  const { decodePolicy } = await import('./policy-file.ts');
  const policy = decodePolicy(text, POLICY_FILE);
  cachePolicy(commonDir, text, policy);
  return policy;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(path, cause);
  }
}
