/** Optional arguments as optional members. */

/** The members of `T`, optional and never undefined. */
type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Returns the members that are not undefined: an operation's input has no member for what the user did not say. */
export function given<T extends object>(members: T): Given<T> {
  const stated = Object.entries(members).filter(([, value]) => value !== undefined);
  // SAFETY: what was filtered out is exactly what Given<T> lets be absent.
  return Object.fromEntries(stated) as Given<T>;
}
