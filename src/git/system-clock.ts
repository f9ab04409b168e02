/** The machine's time and randomness. */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** The system clock; ids are UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, the rest random. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  newId: (at) => {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(at, 0, 6);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
  backOff: (attempt) => setTimeout(5 + Math.random() * Math.min(20 * (attempt + 1), 500)),
  spread: (most) => setTimeout(Math.random() * most),
};
