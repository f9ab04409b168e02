/** How an entry stands: its stage, or why it is in none. */
import type { EntryStatus } from '../../operations/describe-entry.ts';
import type { Style } from './style.ts';

/** Returns the stage of an entry that can be used, else `pending`, `expired` or `tombstoned`. */
export function standingOf(entry: { readonly stage: string | null; readonly status: EntryStatus }): string {
  const isUnusable = entry.status === 'pending' || entry.status === 'expired' || entry.status === 'tombstoned';
  return isUnusable ? entry.status : (entry.stage ?? 'ready');
}

/** Paints what {@link standingOf} returned: what serves is seen first, what is out of service recedes. */
export function paintStanding(style: Style, standing: string): string {
  switch (standing) {
    case 'tombstoned':
    case 'failed':
      return style.red(standing);
    case 'pending':
    case 'deploying':
    case 'expired':
      return style.yellow(standing);
    case 'archived':
    case 'development':
      return style.dim(standing);
    default:
      return style.green(standing);
  }
}
