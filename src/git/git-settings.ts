/** What the user configured: git's configuration, and registry.yaml at the top of the work tree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sha256, sha256Of } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor } from '../domain/event.ts';
import { DEFAULT_POLICY, type GateRules, type Policy } from '../domain/policy.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { GoverningPolicy, Settings } from '../ports/settings.ts';
import { fileFault } from './file-fault.ts';
import type { GitConfig } from './git-config.ts';
import type { Environment } from './git-environment.ts';
import type { PolicySource } from './governing-policy.ts';
import { readIdentity } from './identity.ts';
import { cachePolicy, findCachedPolicy } from './policy-cache.ts';
import type { Repository } from './repository.ts';

const POLICY_FILE = 'registry.yaml';

/** The settings of one repository; each source is read when first asked, once. */
export class GitSettings implements Settings {
  readonly #repository: Repository;
  readonly #environment: Environment;
  readonly #config: GitConfig;
  readonly #objects: ObjectStore;
  #policy: Promise<Policy> | undefined;
  #source: Promise<PolicySource> | undefined;
  #governing: Promise<GoverningPolicy> | undefined;
  #policyBytes: Uint8Array | 'absent' | undefined;

  constructor(repository: Repository, environment: Environment, config: GitConfig, objects: ObjectStore) {
    this.#repository = repository;
    this.#environment = environment;
    this.#config = config;
    this.#objects = objects;
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
    this.#policy ??= readPolicy(this.#repository, this.#readBytes());
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
    this.#source ??= import('./governing-policy.ts').then(({ openPolicySource }) =>
      openPolicySource(this.#repository.workTree, this.#config, this.#objects),
    );
    return this.#source;
  }

  async policyDigest(): Promise<Sha256 | undefined> {
    const bytes = this.#readBytes();
    return bytes === undefined ? undefined : sha256Of(bytes);
  }

  /** Read once: what is allowed and what is run must be of the same bytes. */
  #readBytes(): Uint8Array | undefined {
    const { workTree } = this.#repository;
    const path = workTree === undefined ? undefined : join(workTree, POLICY_FILE);
    this.#policyBytes ??= (path === undefined ? undefined : readIfThere(path)) ?? 'absent';
    return this.#policyBytes === 'absent' ? undefined : this.#policyBytes;
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

async function readPolicy({ commonDir }: Repository, bytes: Uint8Array | undefined): Promise<Policy> {
  return bytes === undefined ? DEFAULT_POLICY : decodeCached(commonDir, Buffer.from(bytes).toString('utf8'));
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

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(path, cause);
  }
}
