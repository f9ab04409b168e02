/** What happened to hooks. */
import type { HooksResult } from '../../operations/hooks-result.ts';
import type { HookChange } from '../../operations/place-hook.ts';
import { escapeControls } from './escape.ts';

const SAID: Readonly<Record<HookChange['outcome'], string>> = {
  installed: 'installed',
  updated: 'updated',
  unchanged: 'up to date:',
  chained: 'installed, after the hook that was there:',
  removed: 'removed',
  restored: 'removed, and put back what was there before:',
  absent: 'not installed:',
  foreign: 'left alone, it was changed by hand:',
};

/** Returns a line a hook, and one a setting that was set, or left though another value is advised. */
export function renderHooks({ hooks, settings = [], kept = [] }: HooksResult): readonly string[] {
  return [
    ...hooks.map(({ path, outcome }) => `${SAID[outcome]} ${escapeControls(path)}`),
    ...settings.map(({ key, value }) => `set ${escapeControls(`${key} = ${value}`)}`),
    ...kept.map(({ key, value, advised }) =>
      escapeControls(`left as it is: ${key} = ${value}; advised: git config ${key} ${advised}`),
    ),
  ];
}
