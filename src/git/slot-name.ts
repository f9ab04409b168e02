/** Which texts may name a slot (format §5.1). */

const RESERVED = new Set(['development', 'archived', 'rollback']);

/** Tells whether `text` may name a slot. */
export function isSlotName(text: string): boolean {
  return /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(text) && !RESERVED.has(text);
}
