/** Gates: what may stop an entry from moving. A gate reads through `GateInputs`, which notes all that it saw. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { Verdict } from '../domain/event.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { GateRules } from '../domain/policy.ts';
import type { EntryState } from '../domain/state.ts';
import type { TrainManifest } from '../domain/train-manifest.ts';
import type { ProgramEnd } from './local-programs.ts';

/** An entry that a gate looks at. */
export interface JudgedEntry {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly manifest: Manifest;
  /** As the model's log has it where it is judged. */
  readonly state: EntryState;
}

/** An entry that lineage leads to, the judged one first. */
export interface JudgedAncestor {
  readonly sha256: Sha256;
  /** Undefined where its objects are not here. */
  readonly manifest: Manifest | undefined;
  readonly train: TrainManifest | undefined;
  /** Some model here has a tombstone for it. */
  readonly isTombstoned: boolean;
  /** Its code commit is in this repository; undefined where it states none. */
  readonly isCodeHere: boolean | undefined;
  /** Annotations of it in any model here. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Reads a git-stored file of its bundle; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** What a gate may look at. */
export interface GateInputs {
  readonly model: ModelName;
  /** The slot that the entry goes to. */
  readonly to: string;
  readonly candidate: JudgedEntry;
  /** The instant of the judgement, as an event's `at`: for gates of the moment alone. */
  readonly at: string;
  /** Reads a file of a bundle; undefined where the bundle has none. Throws `weights-missing` where its bytes are not here. */
  readFile(entry: JudgedEntry, path: string): Promise<Uint8Array | undefined>;
  /** Reads the first bytes of a file of a bundle, however large it is. Throws `weights-missing`. */
  readHead(entry: JudgedEntry, path: string, length: number): Promise<Uint8Array | undefined>;
  /** Reads a JSON file of a bundle. Throws `bad-json`, `weights-missing`. */
  readJson(entry: JudgedEntry, path: string): Promise<JsonValue | undefined>;
  /** Returns the occupant of a slot, or what a SPEC of this model names; undefined where there is none. */
  findEntry(spec: string): Promise<JudgedEntry | undefined>;
  /** Reads a file of the project (registry.yaml's neighbour) by its path from the top; undefined where there is none. */
  readProjectFile(path: string): Promise<Uint8Array | undefined>;
  /** The judged entry, then all that it was made from. */
  ancestors(): Promise<readonly JudgedAncestor[]>;
  /** Hashes every file of a bundle again; returns the paths that are not what was registered, and those whose bytes are not here. */
  findDamaged(entry: JudgedEntry): Promise<{ readonly damaged: readonly string[]; readonly absent: readonly string[] }>;
  /** Returns where the bytes of a cached file are on this machine; undefined where they are not here, or in git. Not verified. */
  findPath(entry: JudgedEntry, path: string): Promise<string | undefined>;
  /** Returns why a command that the policy names must not run here; undefined where it may. */
  explainRefusal(command: string): Promise<string | undefined>;
  /** Runs such a command, with `REGISTRY_*` in its environment; `stdout` is what it printed, cut at 1 MiB. */
  runCommand(command: string, input: string, milliseconds: number): Promise<ProgramEnd>;
}

/** A verdict as a gate gives it; what it rests on is noted by the inputs. */
export type GateVerdict = Omit<Verdict, 'evidence'>;

/** A kind of gate. */
export interface Gate {
  /** The key in registry.yaml; `min` and `max` stand for keys that begin so. */
  readonly name: string;
  /** One line for `gate list`. */
  readonly says: string;
  /**
   * `content`: follows from the entry, the model's log and named files; approvals are bound to it, and any clone can replay
   * it. `moment`: depends on the clock or on other logs; judged again at promotion, outside the binding. `command`: runs what
   * the repository names; like `moment`, and never replayed.
   */
  readonly basis: 'content' | 'moment' | 'command';
  isAsked(rules: GateRules): boolean;
  /** Judges. What is missing is a verdict that fails, and says what; faults of the environment are thrown. */
  judge(rules: GateRules, inputs: GateInputs): Promise<readonly GateVerdict[]>;
}
