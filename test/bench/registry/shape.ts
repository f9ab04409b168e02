/** The registries that are measured: how many models, and how many entries each. */

/** A registry to generate. */
export interface RegistryShape {
  /** What tables call it, and the folder it is cached in. */
  readonly name: string;
  readonly models: number;
  readonly entriesPerModel: number;
}

/** Length of the lines of descent: the first entry of a line has no parent, each other the one before it. */
export const CHAIN_LENGTH = 1000;

/** One model of 1,000 versions, in one line of descent. */
export const SMALL: RegistryShape = { name: '1k', models: 1, entriesPerModel: 1000 };
/** One model of 10,000 versions. */
export const DEEP: RegistryShape = { name: '10k', models: 1, entriesPerModel: 10_000 };
/** 100 models of 1,000 versions each. */
export const LARGE: RegistryShape = { name: '100k', models: 100, entriesPerModel: 1000 };
/** 30,000 models of three versions each. */
export const WIDE: RegistryShape = { name: '30k x 3', models: 30_000, entriesPerModel: 3 };

/** Returns the name of a model, from 0. */
export function modelAt(index: number): string {
  return `model-${String(index).padStart(5, '0')}`;
}

/** Returns the model that is measured: neither the first nor the last name, and the default of its registry. */
export function middleModel({ models }: RegistryShape): string {
  return modelAt(Math.floor(models / 2));
}

/** Returns the version of a model's entry, from 0. */
export function versionAt(index: number): string {
  return `v1.${index}.0`;
}

/** Returns how a table says the size of a registry. */
export function describeShape({ models, entriesPerModel }: RegistryShape): string {
  const entries = entriesPerModel.toLocaleString('en');
  return models === 1 ? `one model x ${entries}` : `${models.toLocaleString('en')} models x ${entries}`;
}

/** All of them, the smallest first. */
export const SHAPES: readonly RegistryShape[] = [SMALL, DEEP, LARGE, WIDE];
