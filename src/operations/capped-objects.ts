/** An object store that believes no object to be larger than what an entry can hold: a pusher chooses what a server reads. */
import { RegistryError } from '../domain/errors.ts';
import type { ObjectAddress, ObjectStore } from '../ports/object-store.ts';

/** Returns a view of a store that asks for the size of what it reads first. Throws `corrupt-object` above `bytes`. */
export function cappedObjects(objects: ObjectStore, bytes: number): ObjectStore {
  const check = async (address: ObjectAddress): Promise<void> => {
    const header = await objects.findHeader(address);
    if (header === undefined || header.bytes <= bytes) return;
    throw new RegistryError('corrupt-object', `${address}: expected at most ${bytes} bytes, got ${header.bytes}`, {
      data: { address, bytes: header.bytes },
    });
  };
  async function* checked(addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>) {
    for await (const address of addresses) {
      await check(address);
      yield address;
    }
  }
  return {
    format: objects.format,
    hash: (type, body) => objects.hash(type, body),
    find: async (address) => {
      await check(address);
      return objects.find(address);
    },
    findAll: (addresses) => objects.findAll(checked(addresses)),
    findHeader: (address) => objects.findHeader(address),
    findMissing: (ids) => objects.findMissing(ids),
    write: (written) => objects.write(written),
  };
}
