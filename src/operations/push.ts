/** Publishes (format §7.1): settled first, weights, then logs in one atomic push, then the views of the logs as they stand there. */
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Layout } from '../domain/settle/layout.ts';
import type { HeldCommits, PushOutcome, RemoteTarget } from '../ports/git-remote.ts';
import type { RefUpdate } from '../ports/ref-store.ts';
import { type PushedWeights, PushWeights } from './push-weights.ts';
import { batchViews } from './sync/batch-views.ts';
import type { SettledModel } from './sync/carry-out.ts';
import { chooseLayout } from './sync/choose-layout.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { type FetchedRemote, fetchRemote } from './sync/fetch-remote.ts';
import { withFoldMemo } from './sync/fold-memo.ts';
import { heldForLogs, heldForViews } from './sync/held-commits.ts';
import { type ModelViews, planRemoteViews } from './sync/plan-remote-views.ts';
import type { GtoTagsResult } from './sync/push-gto-tags.ts';
import {
  type AheadLog,
  batchLogs,
  findSources,
  type LogSource,
  layoutMark,
  newEntries,
  type PushPlan,
  planPush,
} from './sync/push-plan.ts';
import { Scope } from './sync/scope.ts';
import { settleRemote } from './sync/settle-remote.ts';
import type { Workspace } from './workspace.ts';

/** What to push. */
export interface PushInput {
  /** `[REMOTE] [MODEL...]`. */
  readonly words: readonly string[];
  /** Put back, with a lease, what the remote has damaged (format §7.4), and weights as `weights` does. */
  readonly repair?: boolean;
  readonly dryRun?: boolean;
  /** Leave the weights of new entries where they are: the remote of weights is not looked for. */
  readonly noWeights?: boolean;
  /** Send what the remote of weights lacks of all live entries of those models, not of new ones alone. */
  readonly weights?: boolean;
  /** Transfers of weights at a time. */
  readonly jobs?: number;
}

/** A log that was sent. */
export interface PushedLog {
  readonly model: ModelName;
  /** Events that the remote had not. */
  readonly events: number;
}

/** What was published. */
export interface PushResult {
  readonly remote: string;
  readonly layout: Layout;
  /** What the settings ask for, where the remote is of the other layout and stays so (format §7.5). */
  readonly layoutWanted?: Layout;
  readonly logs: readonly PushedLog[];
  /** Refs beside the logs that were made, moved or removed. */
  readonly views: number;
  /**
   * The logs arrived, and some views are not as they say yet. Where somebody moved the logs on meanwhile, theirs is the push
   * that brings all views; where there is another reason `issues` has `contended`.
   */
  readonly viewsLeft: boolean;
  /** What was done about the bytes of entries; null where none were looked at. */
  readonly weights: PushedWeights | null;
  /** Files of new entries that `noWeights` left where they are; the remote may have them. */
  readonly weightsLeft: number;
  /** How each model was settled before. */
  readonly settled: readonly SettledModel[];
  readonly issues: readonly RegistryError[];
  readonly dryRun: boolean;
  /** Where `registry.gtoTags` is on: tags that were made, and what GTO cannot be told. */
  readonly gtoTags?: Pick<GtoTagsResult, 'pushed' | 'skipped'>;
  /** Where it is not the registry's remote: which that is, and where this one has more. */
  readonly mirror?: { readonly of: string; readonly ahead: readonly AheadLog[] };
}

/** A lost race, or a line that broke, is tried again so often. */
const RETRIES = 5;
/** The longest that a push waits for others, in milliseconds. */
const LONGEST_WAIT = 15_000;
/** Views that were overtaken so often are left: whoever overtook pushes those of the newer log, ours among them. */
const OVERTAKEN = 2;
/** Refs of one push of views (format §7.1). */
const REFS_A_PUSH = 500;

/** Pushes. Throws `usage`, `contended` after too many lost races, `remote-refused`, and what a remote can be at fault for. */
export async function push(given: Workspace, input: PushInput): Promise<PushResult> {
  if (input.weights === true && input.noWeights === true)
    throw new RegistryError('usage', '--weights and --no-weights: expected one of them');
  const workspace = withFoldMemo(given);
  const { target, models, isRegistryRemote } = await chooseRemote(workspace, input.words);
  const run = new PushRun(workspace, input, target, models, isRegistryRemote);
  for (let attempt = 0; ; attempt += 1) {
    const begin = workspace.clock.now();
    try {
      const done = await run.attempt();
      if (done !== undefined) {
        if (!done.dryRun) await workspace.repository.maintain({ remotes: true });
        return done;
      }
    } catch (error) {
      // A push cut short may have arrived: the next listing tells.
      if (!(error instanceof RegistryError)) throw error;
      const isLine = error.code === 'remote-unreachable' && run.hasPushed;
      if (!isLine || attempt === RETRIES) return run.fail(error);
    }
    if (attempt === RETRIES) return run.giveUp();
    await waitForOthers(workspace, attempt, workspace.clock.now() - begin);
  }
}

/**
 * An attempt takes rivals about as long as it took us, and longer the more of them there are: waits of that length, doubled
 * each time, leave the remote to a few at once, where waits of a fixed length let all lose to each other.
 */
function waitForOthers({ clock }: Workspace, attempt: number, took: number): Promise<void> {
  return clock.spread(Math.min(Math.max(took, 1) * 2 ** (attempt + 1), LONGEST_WAIT));
}

class PushRun {
  readonly #workspace: Workspace;
  readonly #input: PushInput;
  readonly #target: RemoteTarget;
  readonly #scope: Scope;
  readonly #isRegistryRemote: boolean;
  readonly #sent = new Map<ModelName, number>();
  #views = 0;
  #last: { fetched: FetchedRemote; settled: readonly SettledModel[]; issues: readonly RegistryError[] } | undefined;
  /** What replays of this run made void or changed, by message. */
  readonly #told = new Map<string, RegistryError>();
  #racedBy: readonly string[] = [];
  #logsLeft = false;
  readonly #weights: PushWeights;
  #weightsIssues: readonly RegistryError[] = [];
  #overtaken = 0;
  #layoutWanted: Layout | undefined;
  #gtoTags: GtoTagsResult | undefined;
  #mirror: PushResult['mirror'];
  hasPushed = false;

  constructor(
    workspace: Workspace,
    input: PushInput,
    target: RemoteTarget,
    models: readonly ModelName[],
    isRegistryRemote: boolean,
  ) {
    this.#workspace = workspace;
    this.#input = input;
    this.#target = target;
    this.#scope = new Scope(models);
    this.#isRegistryRemote = isRegistryRemote;
    this.#weights = new PushWeights(workspace, {
      gitRemote: target.address,
      none: input.noWeights ?? false,
      dryRun: input.dryRun ?? false,
      jobs: input.jobs,
    });
  }

  /** Returns the result, or undefined after a lost race. */
  async attempt(): Promise<PushResult | undefined> {
    const workspace = this.#workspace;
    const { dryRun = false, repair = false } = this.#input;
    const before = await fetchRemote(workspace, this.#target, { models: this.#scope.models });
    // A dry run moves nothing here either: what is diverged is not counted as sent.
    const settled =
      this.#isRegistryRemote && !dryRun
        ? await settleRemote(workspace, this.#target, this.#scope)
        : { models: [], issues: [] };
    const sources = await findSources(workspace, this.#isRegistryRemote);
    const plan = await planPush(workspace, before, sources, this.#scope, repair);
    if (!this.#isRegistryRemote)
      this.#mirror = { of: (await chooseRemote(workspace, [])).target.label, ahead: plan.ahead };
    const { layout, wanted } = await chooseLayout(workspace, before, this.#scope);
    this.#layoutWanted = wanted;
    for (const issue of settled.issues) this.#told.set(issue.message, issue);
    this.#remember(before, settled.models, plan.issues);
    if (dryRun) return this.#preview(plan, layout, before, sources);
    this.#logsLeft = plan.logs.length > 0;
    if (!(await this.#pushLogs(plan, layout, before))) return undefined;
    this.#logsLeft = false;
    const after =
      plan.logs.length === 0 ? before : await fetchRemote(workspace, this.#target, { models: this.#scope.models });
    this.#remember(after, settled.models, plan.issues);
    const views = await planRemoteViews(workspace, after, this.#scope, layout, repair);
    if (!(await this.#pushViews(views, after))) {
      if (await this.#isOvertaken(views)) this.#overtaken += 1;
      return this.#overtaken < OVERTAKEN ? undefined : this.#finish(layout, true, sources);
    }
    await this.#tag(after, dryRun);
    // What was put back is no fault any more.
    if (repair && after.issues.length > 0)
      this.#remember(
        await fetchRemote(workspace, this.#target, { models: this.#scope.models }),
        settled.models,
        plan.issues,
      );
    return this.#finish(layout, false, sources);
  }

  /**
   * Too many lost races (format §7.1). The logs may all have arrived: then everything of ours is published, and what is
   * left is told apart from that, since a reader of versions or stages does not find them yet.
   */
  giveUp(): PushResult {
    const { label } = this.#target;
    const viewsLeft = !this.#logsLeft && this.#last !== undefined;
    const left = viewsLeft ? '; the events have arrived, versions and stages of them are not all there' : '';
    const raced = new RegistryError('contended', `remote ${label}: others kept pushing, ${RETRIES} retries${left}`, {
      data: { remote: label, refs: this.#racedBy },
      hint: 'git registry push',
    });
    if (!viewsLeft || this.#last === undefined) return this.fail(raced);
    this.#last = { ...this.#last, issues: [...this.#last.issues, raced] };
    return this.#result(this.#last.fetched.layout, true);
  }

  /** A replay that changed what events of ours say is told once: by the run that made it, however that ends. */
  fail(error: RegistryError): PushResult {
    if (this.#told.size === 0 || this.#last === undefined) throw error;
    this.#last = { ...this.#last, issues: [...this.#last.issues, error] };
    return this.#result(this.#last.fetched.layout, false);
  }

  async #pushLogs(plan: PushPlan, layout: Layout, before: FetchedRemote): Promise<boolean> {
    if (plan.logs.length === 0) return true;
    // Weights first, and checked there (format §7.1).
    await this.#weights.sendNew(newEntries(plan.logs));
    const mark = layoutMark(plan.logs, layout, before);
    const held = heldForLogs(before, plan);
    for (const batch of await batchLogs(this.#workspace, plan, mark))
      if (!(await this.#push(batch, held))) return false;
    for (const { model, unpublished } of plan.logs) this.#sent.set(model, unpublished.length);
    this.#views += mark.length;
    return true;
  }

  /** Last: refs of what is good here are not held up by weights that were published before. */
  async #finish(layout: Layout, viewsLeft: boolean, sources: readonly LogSource[]): Promise<PushResult> {
    const { weights, repair } = this.#input;
    if (weights === true || repair === true)
      this.#weightsIssues = await this.#weights.sendAll(sources.filter(({ model }) => this.#scope.has(model)));
    return this.#result(layout, viewsLeft);
  }

  async #pushViews(models: readonly ModelViews[], fetched: FetchedRemote): Promise<boolean> {
    const remote = await this.#workspace.gitRemote();
    const total = models.reduce((sum, { views }) => sum + views.length, 0);
    const task = this.#workspace.progress.start(`pushing to ${this.#target.label}`, total, 'items');
    try {
      for (const { views, logs } of batchViews(models, REFS_A_PUSH)) {
        // They may be more than a command line holds.
        for (const part of remote.batches(views, Infinity)) {
          if (!(await this.#push([...logs, ...part], heldForViews(fetched, part)))) return false;
          this.#views += part.length;
          task.add(part.length);
        }
      }
      return true;
    } finally {
      task.end();
    }
  }

  /** Tells whether the last push was lost because a log is no longer the one that its views came from. */
  async #isOvertaken(models: readonly ModelViews[]): Promise<boolean> {
    const refs = await this.#workspace.syncRefs();
    const logs = models.map(({ log: { key } }) => refs.nameOf({ place: 'local', key }));
    return logs.some((name) => this.#racedBy.includes(name));
  }

  /** Last: tags are of what the logs and views on the remote say. */
  async #tag(fetched: FetchedRemote, dryRun: boolean): Promise<void> {
    if (!(await this.#workspace.settings.isOn('registry.gtotags'))) return;
    const { pushGtoTags } = await import('./sync/push-gto-tags.ts');
    this.#gtoTags = await pushGtoTags(this.#workspace, fetched, this.#scope, dryRun);
  }

  async #push(updates: readonly RefUpdate[], held: HeldCommits): Promise<boolean> {
    this.hasPushed = true;
    const outcome: PushOutcome = await (await this.#workspace.gitRemote()).push(this.#target, updates, held);
    if (outcome.kind === 'accepted') return true;
    this.#racedBy = outcome.refs;
    if (outcome.kind === 'raced') return false;
    const { label } = this.#target;
    throw new RegistryError('remote-refused', `remote ${label}: ${outcome.message.split('\n')[0]}`, {
      data: { remote: label, refs: outcome.refs, message: outcome.message },
      hint: `git registry remote doctor ${label}`,
    });
  }

  #remember(fetched: FetchedRemote, settled: readonly SettledModel[], issues: readonly RegistryError[]): void {
    this.#last = { fetched, settled, issues: [...fetched.issues, ...issues] };
  }

  async #preview(
    plan: PushPlan,
    layout: Layout,
    before: FetchedRemote,
    sources: readonly LogSource[],
  ): Promise<PushResult> {
    for (const { model, unpublished } of plan.logs) this.#sent.set(model, unpublished.length);
    if (plan.logs.length > 0) await this.#weights.sendNew(newEntries(plan.logs));
    // Views and tags are of the logs as the push would leave them.
    const outgoing = new Map(
      plan.logs.flatMap(({ model, state, update }) =>
        update.next === null ? [] : [[model, { tip: update.next, state }]],
      ),
    );
    const after = { ...before, outgoing };
    const views = await planRemoteViews(this.#workspace, after, this.#scope, layout, this.#input.repair ?? false);
    this.#views = views.reduce((sum, model) => sum + model.views.length, 0);
    await this.#tag(after, true);
    return this.#finish(layout, false, sources);
  }

  #result(layout: Layout, viewsLeft: boolean): PushResult {
    return {
      remote: this.#target.label,
      layout,
      ...(this.#layoutWanted === undefined ? {} : { layoutWanted: this.#layoutWanted }),
      logs: [...this.#sent].map(([model, events]) => ({ model, events })),
      views: this.#views,
      viewsLeft,
      weights: this.#weights.result,
      weightsLeft: this.#weights.left,
      settled: this.#last?.settled ?? [],
      issues: [
        ...this.#told.values(),
        ...(this.#last?.issues ?? []),
        ...(this.#gtoTags?.issues ?? []),
        ...this.#weightsIssues,
      ],
      dryRun: this.#input.dryRun ?? false,
      ...(this.#gtoTags === undefined
        ? {}
        : { gtoTags: { pushed: this.#gtoTags.pushed, skipped: this.#gtoTags.skipped } }),
      ...(this.#mirror === undefined ? {} : { mirror: this.#mirror }),
    };
  }
}
