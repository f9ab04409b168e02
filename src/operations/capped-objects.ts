/** An object store that believes no object to be larger than what an entry can hold: a pusher chooses what a server reads. */
import { RegistryError } from '../domain/errors.ts';
import type { ObjectAddress, ObjectStore } from '../ports/object-store.ts';

/** Up to so many are asked of the child that is running anyway; more are worth a process of their own. */
const FEW = 64;

/** Returns a view of a store that asks for the size of what it reads first. Throws `corrupt-object` above `bytes`. */
export function cappedObjects(objects: ObjectStore, bytes: number): ObjectStore {
  const check = async (address: ObjectAddress): Promise<ObjectAddress> => {
    const header = await objects.findHeader(address);
    if (header === undefined || header.bytes <= bytes) return address;
    throw new RegistryError('corrupt-object', `${address}: expected at most ${bytes} bytes, got ${header.bytes}`, {
      data: { address, bytes: header.bytes },
    });
  };
  const find: ObjectStore['find'] = async (address) => objects.find(await check(address));
  async function* findAll(addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>) {
    const all: ObjectAddress[] = [];
    for await (const address of addresses) all.push(address);
    if (all.length <= FEW) for (const address of all) yield await find(address);
    else yield* objects.findAll(checkAll(all, check));
  }
  return {
    format: objects.format,
    hash: (type, body) => objects.hash(type, body),
    find,
    findAll,
    findHeader: (address) => objects.findHeader(address),
    findMissing: (ids) => objects.findMissing(ids),
    write: (written) => objects.write(written),
  };
}

async function* checkAll(
  addresses: readonly ObjectAddress[],
  check: (address: ObjectAddress) => Promise<ObjectAddress>,
): AsyncGenerator<ObjectAddress> {
  for (const address of addresses) yield await check(address);
}
