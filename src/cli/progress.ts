/** Progress on a terminal: one line on stderr, rewritten, gone when the work ends. */
import type { Progress, ProgressTask } from '../ports/progress.ts';
import { escapeControls } from './render/escape.ts';
import { formatBytes, formatClock } from './render/quantity.ts';
import { cutToWidth, displayWidth } from './render/width.ts';

/** What the line is written to, and the time in milliseconds from any start. */
export interface ProgressTerminal {
  write(text: string): void;
  readonly columns: number;
  readonly unicode: boolean;
  now(): number;
}

/** Progress that can be wiped, so that an error or a result never stands behind it. */
export interface TerminalProgress extends Progress {
  clear(): void;
}

/** Nothing is shown of work that is done sooner (milliseconds). */
const PATIENCE = 1000;
/** Between two drawings (milliseconds). */
const INTERVAL = 100;
const ERASE_LINE = '\r\u001b[K';

interface Work {
  readonly label: string;
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'items';
  readonly started: number;
  done: number;
}

/** Returns progress that shows the newest unfinished work. */
export function terminalProgress(terminal: ProgressTerminal): TerminalProgress {
  const running: Work[] = [];
  let drawn = -Infinity;
  let visible = false;
  const clear = (): void => {
    if (visible) terminal.write(ERASE_LINE);
    visible = false;
  };
  const draw = (): void => {
    const work = running.at(-1);
    const now = terminal.now();
    if (work === undefined || now - work.started < PATIENCE || now - drawn < INTERVAL) return;
    drawn = now;
    visible = true;
    terminal.write(ERASE_LINE + progressLine(work, now - work.started, terminal));
  };
  return {
    clear,
    start(label, total, unit): ProgressTask {
      const work: Work = { label, total, unit, started: terminal.now(), done: 0 };
      running.push(work);
      return {
        add(amount) {
          work.done += amount;
          draw();
        },
        end() {
          const index = running.indexOf(work);
          if (index >= 0) running.splice(index, 1);
          clear();
        },
      };
    },
  };
}

/** Returns `hashing model.safetensors  43%  0.9/2.0 GiB  812.0 MiB/s  0:02 left`, the label cut to what is left of the line. */
function progressLine(work: Work, elapsed: number, terminal: ProgressTerminal): string {
  const rate = work.done / (elapsed / 1000);
  const amount = (count: number): string => (work.unit === 'bytes' ? formatBytes(count) : String(Math.round(count)));
  const facts: string[] = [];
  if (work.total !== undefined && work.total > 0) {
    const share = Math.min(1, work.done / work.total);
    facts.push(`${Math.floor(share * 100)}%`, `${amount(work.done)} of ${amount(work.total)}`, `${amount(rate)}/s`);
    if (rate > 0 && share < 1) facts.push(`${formatClock((work.total - work.done) / rate)} left`);
  } else {
    facts.push(amount(work.done), `${amount(rate)}/s`);
  }
  const tail = facts.map((fact) => `  ${fact}`).join('');
  // The last column stays free: writing it makes some terminals wrap.
  const room = terminal.columns - 1;
  const label = cutToWidth(escapeControls(work.label), Math.max(8, room - displayWidth(tail)), terminal.unicode);
  return cutToWidth(label + tail, room, terminal.unicode);
}
