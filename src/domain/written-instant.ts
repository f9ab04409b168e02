/** Instants as people and programs write them into JSON files. */

const DATE =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[Tt ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(?<zone>[Zz]|[+-]\d\d:?\d\d)?)?$/;

/** Returns the Unix milliseconds of an ISO 8601 date, or date and time (UTC where it names no zone); undefined for what is none. */
export function readInstant(text: string): number | undefined {
  const groups = DATE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { day, time = '00:00', zone = 'Z' } = groups;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
