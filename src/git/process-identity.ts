/** Which process this is, told so that another one can see whether it is still there. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process of a machine. Texts are empty where the system does not tell. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with every boot (Linux). */
  readonly boot: string;
  /** The namespace in which `pid` counts: containers of one machine have their own (Linux). */
  readonly space: string;
  /** Start of the process in clock ticks since boot, so that a number used again is told apart (Linux). */
  readonly started: string;
}

const PROC = '/proc';

let own: ProcessIdentity | undefined;

/** Returns the identity of this process. */
export function ownProcess(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    host: hostname(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: attempt(() => readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid),
  };
  return own;
}

/** Tells what became of a process; `unknown` where this machine cannot see it. `proc`: where the system tells of processes. */
export function fateOf(other: ProcessIdentity, proc = PROC): 'alive' | 'gone' | 'unknown' {
  const { host, boot, space } = ownProcess();
  if (other.host !== host) return 'unknown';
  if (other.boot !== boot) return 'gone';
  if (other.space !== space) return 'unknown';
  if (!isRunning(other.pid)) return 'gone';
  const started = startOf(other.pid, proc);
  if (started === other.started) return 'alive';
  // Mounted with `hidepid`, it tells nothing of the processes of other users.
  return started === '' ? 'unknown' : 'gone';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it is there and belongs to somebody else.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of the process's stat line, counted from behind its name, which may hold anything in parentheses. */
function startOf(pid: number, proc = PROC): string {
  const stat = attempt(() => readFileSync(`${proc}/${pid}/stat`, 'latin1'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
