/** What the object store takes for an address. */
import { RegistryError } from '../domain/errors.ts';
import type { ObjectAddress } from '../ports/object-store.ts';

/** Throws `bug` for a text that is not an address of this object format: git would take it for a ref name. */
export function assertAddress(address: ObjectAddress, format: 'sha1' | 'sha256'): void {
  const id = address.split(':', 1)[0] ?? '';
  if (/^[0-9a-f]+$/.test(id) && id.length === (format === 'sha256' ? 64 : 40) && !/[\n\0]/.test(address)) return;
  throw new RegistryError('bug', `object address: expected an object id and a path, got ${JSON.stringify(address)}`);
}
