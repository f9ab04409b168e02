/** What `--at` names: an instant, or an event of a log. A day means its end in UTC, so that it holds all that happened on it. */
import { RegistryError } from './errors.ts';

/** A point in a log's time. `at` is in event time format, so instants compare as texts. */
export type Moment =
  | { readonly kind: 'instant'; readonly at: string }
  | { readonly kind: 'event-id'; readonly id: string }
  /** SHA-256 of the event's JSON, 7 digits or more of it. */
  | { readonly kind: 'event-digest'; readonly prefix: string };

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(?:Z|([+-])(\d{2}):?(\d{2}))?$/i;
const DAY = 86_400_000;
/** Years have four digits in event times: beyond them texts would not compare. */
const [FIRST, LAST] = [-62_135_596_800_000, 253_402_300_799_999];

/** Reads a date, a time (UTC unless it names an offset), an event's id or its SHA-256. Throws `usage`. */
export function parseMoment(text: string): Moment {
  const trimmed = text.trim();
  if (UUID.test(trimmed)) return { kind: 'event-id', id: trimmed.toLowerCase() };
  if (/^[0-9a-f]{7,64}$/.test(trimmed)) return { kind: 'event-digest', prefix: trimmed };
  const instant = readInstant(trimmed);
  if (instant === undefined) throw unreadable(text);
  return { kind: 'instant', at: new Date(Math.min(Math.max(instant, FIRST), LAST)).toISOString() };
}

function readInstant(text: string): number | undefined {
  const [, ...date] = DATE.exec(text) ?? [];
  if (date.length > 0) {
    const midnight = midnightOf(date);
    return midnight === undefined ? undefined : midnight + DAY - 1;
  }
  const [, year = '', month = '', day = '', ...time] = TIME.exec(text) ?? [];
  const midnight = midnightOf([year, month, day]);
  if (midnight === undefined) return undefined;
  const [hour = '', minute = '', second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = time;
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && Number(offsetMinute) < 60;
  if (!isTime) return undefined;
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offset = (sign === '-' ? -1 : 1) * minutes(offsetHour, offsetMinute);
  return midnight + minutes(hour, minute) + Number(second) * 1000 + millisecond - offset;
}

/** Returns hours and minutes in milliseconds. */
function minutes(hour: string, minute: string): number {
  return (Number(hour) * 60 + Number(minute)) * 60_000;
}

/** JavaScript takes 30 February for 2 March. */
function midnightOf([year = '', month = '', day = '']: readonly string[]): number | undefined {
  const date = new Date(`${year}-${month}-${day}T00:00:00.000Z`);
  return Number.isFinite(date.getTime()) && date.getUTCDate() === Number(day) ? date.getTime() : undefined;
}

function unreadable(text: string): RegistryError {
  return new RegistryError(
    'usage',
    `--at: expected a day such as 2026-11-20, a time such as 2026-11-20T10:00Z, or an event's id or SHA-256, got ${JSON.stringify(text.slice(0, 200))}`,
    { data: { option: '--at', value: text } },
  );
}
