/** Annotations: texts by name, of an entry or of a model (format §6.3). */

/** Texts by name. */
export type Annotations = Readonly<Record<string, string>>;

/** What an `annotate` changes. */
export interface AnnotationChange {
  readonly set: Annotations;
  readonly unset: readonly string[];
}

/** Returns the annotations after a change. */
export function annotated(before: Annotations, change: AnnotationChange): Annotations {
  const after = { ...before, ...change.set };
  for (const key of change.unset) delete after[key];
  return after;
}

/** Tells whether two sets of annotations say the same. */
export function sameAnnotations(a: Annotations, b: Annotations): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
