/** Keys of tags and annotations (format §6.2). */
import { RegistryError } from '../domain/errors.ts';

/** Refuses a key that is not printable ASCII without spaces, at most 200 characters. Throws `usage`. */
export function checkAnnotationKeys(keys: Iterable<string>): void {
  for (const key of keys) {
    if (/^[\x21-\x7e]{1,200}$/.test(key) && key !== '__proto__') continue;
    throw new RegistryError('usage', `key ${JSON.stringify(key)}: expected printable ASCII without spaces`, {
      data: { key },
    });
  }
}
