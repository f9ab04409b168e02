/** Who did something, in words. */
import type { Actor } from '../../domain/event.ts';

/** Returns the name, or the address of who has none: for narrow places. */
export function nameActor({ name, email }: Actor): string {
  return name === '' ? email : name;
}

/** Returns `Ada Lovelace <ada@example.org>`, as far as it is known. */
export function formatActor({ name, email }: Actor): string {
  if (email === '' || email === name) return name;
  return name === '' ? email : `${name} <${email}>`;
}

/** Returns who did it and for whom: `CI for Ada Lovelace`, each as `format` writes it. */
export function describeActors(by: Actor, onBehalfOf: Actor | null, format: (actor: Actor) => string): string {
  return onBehalfOf === null ? format(by) : `${format(by)} for ${format(onBehalfOf)}`;
}
