/** SPEC: how people name an entry. `[MODEL@]` and a version, `latest`, a stage, a SHA prefix or an npm range. */
import { RegistryError } from './errors.ts';
import { findVersion, type Version } from './version.ts';
import { isRange } from './version-order.ts';

/** A SPEC split at its last `@`; the model as the user wrote it. */
export interface Spec {
  readonly text: string;
  readonly model: string | undefined;
  readonly target: string;
}

/** One reading of a SPEC's target. */
export type Target =
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'latest' }
  | { readonly kind: 'stage'; readonly slot: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'range'; readonly range: string };

/** Splits a SPEC. Throws `bad-spec` for an empty part. */
export function parseSpec(text: string): Spec {
  const at = text.lastIndexOf('@');
  const model = at < 0 ? undefined : text.slice(0, at);
  const target = at < 0 ? text : text.slice(at + 1);
  if (target === '' || model === '') {
    throw new RegistryError('bad-spec', `spec ${JSON.stringify(text)}: expected [MODEL@]VERSION, STAGE, SHA or RANGE`, {
      data: { spec: text },
    });
  }
  return { text, model, target };
}

/** Tells whether a text can be a SHA prefix: 7 to 64 lower-case hex digits. */
export function isShaPrefix(text: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(text);
}

/** Returns the readings of a target in order of precedence: version, latest, stage, SHA prefix, range. */
export function readTarget(target: string, slots: ReadonlySet<string>): readonly Target[] {
  const readings: Target[] = [];
  const version = findVersion(target);
  if (version !== undefined) readings.push({ kind: 'version', version });
  if (target === 'latest') readings.push({ kind: 'latest' });
  if (slots.has(target)) readings.push({ kind: 'stage', slot: target });
  if (isShaPrefix(target)) readings.push({ kind: 'prefix', prefix: target });
  if (version === undefined && isRange(target)) readings.push({ kind: 'range', range: target });
  return readings;
}
