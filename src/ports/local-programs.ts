/** Programs of this machine that run before and after a move: a git hook of the user's, and what registry.yaml names where the user allowed it. */
import type { Sha256 } from '../domain/digest.ts';

/** A program to run. */
export interface ProgramCall {
  /** Absolute path of an executable file, or a name to look for on PATH; no shell comes between. */
  readonly file: string;
  /** None when not given. */
  readonly args?: readonly string[];
  /** What it reads from its standard input. What it prints, to either stream, goes to our standard error. */
  readonly input: string;
  /** So many bytes of its standard output are kept instead. */
  readonly capture?: number;
  /** It gets no more of our environment than programs need to be found and to run. */
  readonly isIsolated?: boolean;
  /** On top of our own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** After that time it is killed, with all that it started and that stayed in its process group. */
  readonly milliseconds: number;
}

/** How a program ended. `not-started` says why; a signal counts as exit code 128 + its number. */
export type ProgramEnd =
  /** `stdout` where it was captured, its first bytes as UTF-8. */
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout?: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly why: string };

/** Finds and runs such programs. They start at the top of the work tree, or in the git folder where there is none. */
export interface LocalPrograms {
  /** Returns the path of a git hook, where git would look for it; undefined where there is none. */
  findHook(name: string): Promise<string | undefined>;
  /** Returns the path of a program named from the top of the work tree, `/` between its parts; undefined where it leads out of it. */
  locate(name: string): string | undefined;
  /** Tells whether `registry.allowExec` of this repository's own configuration, nothing included and no environment, has a digest. */
  isAllowed(digest: Sha256): Promise<boolean>;
  run(call: ProgramCall): Promise<ProgramEnd>;
}
