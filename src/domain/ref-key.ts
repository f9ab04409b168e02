/** The refs of format §5, named by what they mean. How they are spelled is the git layer's business. */
import type { Sha256 } from './digest.ts';
import type { ModelName } from './model-name.ts';
import type { Version } from './version.ts';

/** One ref of format §5. */
export type RefKey =
  | { readonly kind: 'entry'; readonly sha256: Sha256 }
  | { readonly kind: 'pending'; readonly model: ModelName; readonly sha256: Sha256 }
  | { readonly kind: 'version'; readonly model: ModelName; readonly version: Version }
  | { readonly kind: 'stage'; readonly model: ModelName; readonly slot: string }
  | { readonly kind: 'tombstone'; readonly model: ModelName; readonly sha256: Sha256 }
  | { readonly kind: 'log'; readonly model: ModelName };
