/** Lengths of time as registry.yaml states them. */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Returns the milliseconds of a time such as `30m`, undefined for what is none. */
export function durationOf(text: string): number | undefined {
  const [, amount, unit] = /^([1-9]\d{0,5})(ms|[smhdw])$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 0);
}
