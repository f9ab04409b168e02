/** Options of the verbs that may start a model. */
import type { OptionSpec } from './command.ts';

/** The option `--allow-similar`. */
export const ALLOW_SIMILAR_OPTION = {
  kind: 'boolean',
  says: 'take a name that differs from another in - _ . alone',
} as const satisfies OptionSpec;
