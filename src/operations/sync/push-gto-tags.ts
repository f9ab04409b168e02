/** Publishes versions and stage moves as tags that GTO reads: after everything else, made and never moved. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { NewObject } from '../../domain/git-object.ts';
import { gtoTagBody } from '../../domain/gto-carrier.ts';
import { type GtoSkip, type GtoTag, planGtoTags } from '../../domain/gto-tag.ts';
import type { ListedTag, NewTag, RemoteTarget } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';
import type { FetchedRemote } from './fetch-remote.ts';
import { findUnpublished } from './find-divergence.ts';
import { CarrierMaker, isCarrierOf, type TaggedEntry } from './gto-carriers.ts';
import { readVerified } from './plan-remote-views.ts';
import { readCaps } from './read-caps.ts';
import type { Scope } from './scope.ts';

/** What was made. */
export interface GtoTagsResult {
  /** Tags that the remote had not; in a dry run: has not. */
  readonly pushed: number;
  /** What GTO cannot be told. */
  readonly skipped: readonly GtoSkip[];
  readonly issues: readonly RegistryError[];
}

/** Somebody else made one of the tags meanwhile: so often it is looked again. */
const ATTEMPTS = 5;
/** Tags of one push (format §7.1). */
const TAGS_A_PUSH = 500;

/** Makes the tags of the logs as the remote has them. What the remote is at fault for is an issue: the logs have arrived. */
export async function pushGtoTags(
  workspace: Workspace,
  fetched: FetchedRemote,
  scope: Scope,
  dryRun: boolean,
): Promise<GtoTagsResult> {
  const planned = await planTags(workspace, fetched, scope);
  const run = new TagRun(workspace, fetched.target, planned.tags);
  const { skipped } = planned;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const issues = await run.attempt(dryRun);
      if (issues !== undefined) return { pushed: run.pushed, skipped, issues };
      await workspace.clock.backOff(attempt);
    }
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    return { pushed: run.pushed, skipped, issues: [error] };
  }
  const label = fetched.target.label;
  const raced = new RegistryError('contended', `remote ${label}: others kept making tags`, {
    data: { remote: label },
    hint: 'git registry push',
  });
  return { pushed: run.pushed, skipped, issues: [raced] };
}

async function planTags(
  workspace: Workspace,
  fetched: FetchedRemote,
  scope: Scope,
): Promise<{ readonly tags: readonly TaggedEntry[]; readonly skipped: readonly GtoSkip[] }> {
  const tags: TaggedEntry[] = [];
  const skipped: GtoSkip[] = [];
  for (const [model, { tip, state }] of await readVerified(workspace, fetched, scope)) {
    const events = await findUnpublished(workspace, model, tip, undefined);
    const without = new Set(state.ineffective.map(({ seq }) => seq));
    const plan = planGtoTags(
      model,
      events.map(({ event }) => event),
      (seq) => !without.has(seq),
    );
    skipped.push(...plan.skipped);
    for (const tag of plan.tags) {
      const entry = state.entries.get(tag.sha256)?.commit;
      if (entry !== undefined) tags.push({ tag, entry });
    }
  }
  return { tags, skipped };
}

class TagRun {
  readonly #workspace: Workspace;
  readonly #target: RemoteTarget;
  readonly #tags: readonly TaggedEntry[];
  readonly #maker: CarrierMaker;
  pushed = 0;

  constructor(workspace: Workspace, target: RemoteTarget, tags: readonly TaggedEntry[]) {
    this.#workspace = workspace;
    this.#target = target;
    this.#tags = tags;
    this.#maker = new CarrierMaker(workspace);
  }

  /** Returns what is at fault; undefined where somebody else was faster. */
  async attempt(dryRun: boolean): Promise<readonly RegistryError[] | undefined> {
    const listed = await this.#list();
    const missing = this.#tags.filter(({ tag }) => !listed.has(tag.name));
    const carriers = await this.#findCarriers(listed);
    const taken = this.#tags.flatMap(({ tag }) => {
      // While the version's own tag is missing nothing can be said of those of its stages.
      const there = listed.has(carrierOf(tag)) ? listed.get(tag.name) : undefined;
      return there === undefined || there.target === carriers.get(carrierOf(tag)) ? [] : [this.#takenIssue(tag, there)];
    });
    // A version whose own tag is taken has no commit that its stages could be tags of.
    const wanted = missing.filter(
      ({ tag }) => tag.action === 'register' || !listed.has(carrierOf(tag)) || carriers.has(carrierOf(tag)),
    );
    if (dryRun) {
      this.pushed = wanted.length;
      return taken;
    }
    const made = await this.#make(wanted, carriers);
    const refused = await this.#push(made);
    return refused === undefined ? undefined : [...taken, ...refused];
  }

  async #list(): Promise<ReadonlyMap<string, ListedTag>> {
    if (this.#tags.length === 0) return new Map();
    const remote = await this.#workspace.gitRemote();
    const listed = await remote.listTags(this.#target, await readCaps(this.#workspace));
    return new Map(listed.map((tag) => [tag.name, tag]));
  }

  /** Returns the commits that the versions' own tags on the remote are of, by tag; those that carry the version alone. */
  async #findCarriers(listed: ReadonlyMap<string, ListedTag>): Promise<Map<string, ObjectId>> {
    const there = this.#tags.flatMap((tagged) => {
      const found = tagged.tag.action === 'register' ? listed.get(tagged.tag.name) : undefined;
      return found === undefined ? [] : [{ tagged, found }];
    });
    await this.#bring(there);
    const carriers = new Map<string, ObjectId>();
    for (const { tagged, found } of there) {
      // A tag that is not annotated is none to GTO.
      const isTag = found.id !== found.target;
      if (isTag && (await isCarrierOf(this.#workspace, found.target, tagged)))
        carriers.set(tagged.tag.name, found.target);
    }
    return carriers;
  }

  async #bring(there: readonly { readonly tagged: TaggedEntry; readonly found: ListedTag }[]): Promise<void> {
    const missing = new Set(await this.#workspace.objects.findMissing(there.map(({ found }) => found.target)));
    const lacking = there.filter(({ found }) => missing.has(found.target));
    if (lacking.length === 0) return;
    const [remote, caps] = [await this.#workspace.gitRemote(), await readCaps(this.#workspace)];
    const known = [...new Set(lacking.map(({ tagged }) => tagged.entry))];
    await remote.downloadTags(this.#target, { tags: lacking.map(({ found }) => found), known, caps });
  }

  /** Writes what is new, and returns the tags in the order of the logs. */
  async #make(wanted: readonly TaggedEntry[], carriers: Map<string, ObjectId>): Promise<readonly NewTag[]> {
    const objects: NewObject[] = [];
    const made: NewTag[] = [];
    for (const tagged of wanted) {
      const { tag } = tagged;
      if (tag.action === 'register') {
        const carrier = await this.#maker.make(tagged);
        objects.push(...carrier);
        const commit = carrier.at(-1);
        if (commit !== undefined) carriers.set(tag.name, commit.id);
      }
      const carrier = carriers.get(carrierOf(tag));
      if (carrier === undefined) continue;
      const body = gtoTagBody(tag, carrier);
      const id = this.#workspace.hash('tag', body);
      objects.push({ type: 'tag', id, body });
      made.push({ name: tag.name, id });
    }
    await this.#workspace.objects.write(objects);
    return made;
  }

  async #push(tags: readonly NewTag[]): Promise<readonly RegistryError[] | undefined> {
    const remote = await this.#workspace.gitRemote();
    for (const batch of remote.tagBatches(tags, TAGS_A_PUSH)) {
      const outcome = await remote.createTags(this.#target, batch);
      if (outcome.kind === 'raced') return undefined;
      if (outcome.kind === 'refused') return [this.#refusedIssue(outcome.message, outcome.refs)];
      this.pushed += batch.length;
    }
    return [];
  }

  #takenIssue({ name, model, version, event }: GtoTag, there: ListedTag): RegistryError {
    const { label } = this.#target;
    return new RegistryError('tag-taken', `tag ${name} on ${label}: not of ${model}@${version}; it is left as it is`, {
      data: { remote: label, tag: name, id: there.id, target: there.target, model, version, event },
      hint: `git fetch ${this.#target.address} tag ${name}`,
    });
  }

  #refusedIssue(message: string, refs: readonly string[]): RegistryError {
    const { label } = this.#target;
    return new RegistryError('remote-refused', `remote ${label}: GTO tags: ${message.split('\n')[0]}`, {
      data: { remote: label, refs, message },
      hint: `git registry remote doctor ${label}`,
    });
  }
}

/** Returns the tag whose commit a tag is of: the one that registers the version. */
function carrierOf({ model, version }: GtoTag): string {
  return `${model}@${version}`;
}
