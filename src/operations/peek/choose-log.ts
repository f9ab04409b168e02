/** Which log of a remote a SPEC is answered from. */
import { parseModelName } from '../../domain/model-name.ts';
import { isShaPrefix, type Spec } from '../../domain/selector.ts';
import type { LogChoice } from './open-logs.ts';

/** Returns it: a SHA without a model may be in any. */
export function chooseLog({ model, target }: Spec): LogChoice {
  if (model !== undefined) return { kind: 'model', model: parseModelName(model) };
  return { kind: isShaPrefix(target) ? 'all' : 'default' };
}
