/** Where folded states are kept. */
import { join } from 'node:path';
import { encodeModelName, type ModelName } from '../domain/model-name.ts';

/** Returns where all of a model's folded state is kept. A `+` cannot occur in an encoded name. */
export function foldPath(commonDir: string, model: ModelName): string {
  return join(commonDir, 'registry', 'fold', `${encodeModelName(model).replaceAll('/', '+')}.fold`);
}

/** Returns where is kept what changed in it since. */
export function foldChangesPath(commonDir: string, model: ModelName): string {
  return `${foldPath(commonDir, model)}.changes`;
}
