/** Whether a value is a manifest (format §4.1), by `manifest.schema.json`. */
import { manifest } from './compiled/manifest.js';
import { type Validation, validate } from './validate.ts';

/** Tells whether a value is shaped as a manifest; its order, paths and identity are for `domain/`. */
export function validateManifest(value: unknown): Validation {
  return validate(manifest, value);
}
