/** Which views a remote holds: all, or only what cannot be derived fast enough (format §7.5). */
import type { ModelState } from '../state.ts';
import { type View, viewsOf } from '../views.ts';

/** `all`: every ref of format §5. `log`: logs and candidates; the rest is derived on arrival. */
export type Layout = 'all' | 'log';

/** Returns the layout of a remote, from the states of its logs and the views that it lists. */
export function layoutOf(states: Iterable<ModelState>, listed: Iterable<View>): Layout {
  for (const { key } of listed) if (key.kind === 'entry') return 'all';
  for (const { entries } of states)
    for (const { status } of entries.values()) if (status === 'registered') return 'log';
  return 'all';
}

/** Returns the views of a model that a remote of a layout holds. */
export function viewsOfLayout(state: ModelState, layout: Layout): readonly View[] {
  return layout === 'all' ? viewsOf(state) : viewsOf(state).filter(({ key }) => key.kind === 'pending');
}
