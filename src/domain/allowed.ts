/** `allow` of registry.yaml: who may do what, by verb, or by verb and stage; the more specific key decides alone. Pure. */
import { expandActors } from './effective-policy.ts';
import type { EventBody } from './event.ts';
import type { PolicyRules } from './policy.ts';

/** What an event is called in `allow`: the verb that writes it, and the stage that it is about. */
export interface AllowedVerb {
  readonly verb: string;
  readonly stage?: string;
}

/** A key of `allow` that somebody is not under. */
export interface Disallowed {
  /** The key, e.g. `promote.production`. */
  readonly key: string;
  /** Addresses. */
  readonly allowed: readonly string[];
}

const VERBS: Readonly<Partial<Record<EventBody['kind'], string>>> = { deploy: 'deployed' };

/** Returns what an event is called; undefined for housekeeping, which nobody decides. */
export function verbOf(body: EventBody): AllowedVerb | undefined {
  switch (body.kind) {
    case 'expire':
    case 'void':
      return undefined;
    case 'stage': {
      const verb = body.cause ?? 'promote';
      // Of a move down or out the stage is the one that it leaves: that is what stops serving.
      const stage = verb === 'promote' || verb === 'rollback' ? body.to : body.from;
      return stage === null ? { verb } : { verb, stage };
    }
    case 'approve':
    case 'reject':
    case 'gate':
      return { verb: body.kind, stage: body.to };
    default:
      return { verb: VERBS[body.kind] ?? body.kind };
  }
}

/** Returns the key that keeps somebody from an event; undefined where nothing does. An emergency has a list of its own. */
export function findDisallowed(
  rules: PolicyRules,
  body: EventBody,
  by: string,
  personOf: (email: string) => string,
): Disallowed | undefined {
  const named = verbOf(body);
  if (named === undefined || (body.kind === 'stage' && body.emergency === true)) return undefined;
  const { verb, stage } = named;
  const key = [...(stage === undefined ? [] : [`${verb}.${stage}`]), verb].find((it) => Object.hasOwn(rules.allow, it));
  if (key === undefined) return undefined;
  const allowed = expandActors(rules, rules.allow[key] ?? []);
  const person = personOf(by);
  return allowed.some((email) => personOf(email) === person) ? undefined : { key, allowed };
}
