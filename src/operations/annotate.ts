/** Sets and removes annotations of an entry or of a model: what is said about it, beside what it is. */
import { annotated } from '../domain/annotations.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { annotationsOf, changesNothing } from '../domain/idempotence.ts';
import type { ModelName } from '../domain/model-name.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { checkAnnotationKeys } from './annotation-key.ts';
import { appendEvents } from './append-events.ts';
import { chooseModel } from './choose-model.ts';
import { getModel } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to annotate: an entry by SPEC, or a model. */
export interface AnnotateInput extends MutationOptions {
  readonly target:
    | { readonly kind: 'entry'; readonly spec: string; readonly model?: string }
    | { readonly kind: 'model'; readonly model?: string };
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/** The annotations afterwards. */
export interface AnnotateResult {
  readonly model: ModelName;
  readonly sha256: Sha256 | null;
  /** The version by which the entry was named, else its highest. */
  readonly version: Version | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly changed: boolean;
}

/** Annotates. Keys are printable ASCII (format §6.2). Throws `usage`, `unknown-spec`, `unknown-model`. */
export async function annotate(workspace: Workspace, input: AnnotateInput): Promise<AnnotateResult> {
  const keys = [...Object.keys(input.set), ...input.unset];
  if (keys.length === 0) throw new RegistryError('usage', 'annotate: expected KEY=VALUE or --unset KEY');
  checkAnnotationKeys(keys);
  const named =
    input.target.kind === 'entry' ? await resolveSpec(workspace, input.target.spec, input.target.model) : undefined;
  const model = named?.model ?? (await chooseModel(workspace, input.target.model));
  await getModel(workspace, model);
  return appendEvents(
    workspace,
    model,
    ({ state }) => {
      const body = {
        kind: 'annotate' as const,
        ...(named === undefined ? {} : { sha256: named.entry.sha256 }),
        set: input.set,
        unset: input.unset,
      };
      const current = annotationsOf(state, body.sha256) ?? {};
      const describe = (annotations: Readonly<Record<string, string>>, isChanged: boolean): AnnotateResult => ({
        model,
        sha256: named?.entry.sha256 ?? null,
        version: named?.version ?? (named && highestVersion(named.entry)) ?? null,
        annotations,
        changed: isChanged,
      });
      if (changesNothing(state, body)) return { kind: 'answer', answer: describe(current, false) };
      const event = named === undefined ? { body } : { body, entryCommit: named.entry.commit };
      return { kind: 'append', events: [event], answer: () => describe(annotated(current, body), true) };
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
}
