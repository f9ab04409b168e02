/** Durations as people type them: `30m`, `24h`, `7d`. The units are those of `pending_ttl` in registry.yaml. */
import { RegistryError } from '../domain/errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Returns milliseconds. `option` names the option in messages. Throws `usage`. */
export function parseDuration(text: string, option: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return Number(amount) * (UNITS[unit] ?? 0);
  throw new RegistryError(
    'usage',
    `${option}: expected a duration such as 30m, 24h or 7d, got ${JSON.stringify(text)}`,
    {
      data: { option, value: text },
    },
  );
}
