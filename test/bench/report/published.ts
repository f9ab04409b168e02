/** docs/benchmarks.json: the figures that docs/benchmarks.md shows, each section with when and how it was measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { PROGRAM_VERSION } from '../../../src/cli/version.ts';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { inCheckout } from '../programs.ts';
import type { ReportSection } from '../report-line.ts';
import { renderPage } from './page.ts';

/** Where and when a section was measured. */
export interface Circumstances {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Least and greatest load average of a minute, a core, before, between and after the sections of that name. */
  readonly load: { readonly low: number; readonly high: number };
  /** What was typed. */
  readonly command: string;
  /** Version of git-registry. */
  readonly program: string;
  readonly machine: Machine;
}

/** What the figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly node: string;
  readonly git: string;
  readonly system: string;
}

/** A section as it is published. */
export interface PublishedSection extends ReportSection {
  /** What `--only` calls it; several sections may share a name. */
  readonly name: string;
  readonly measured: Circumstances;
}

const FIGURES = ['docs', 'benchmarks.json'] as const;
const PAGE = ['docs', 'benchmarks.md'] as const;

/** Replaces the sections of that name, and renders the page anew; `order` is that of the names on the page. */
export function publish(name: string, sections: readonly PublishedSection[], order: readonly string[]): void {
  const kept = readPublished().filter((section) => section.name !== name);
  const all = [...kept, ...sections];
  const ordered = order.flatMap((known) => all.filter((section) => section.name === known));
  writeFileSync(inCheckout(...FIGURES), `${JSON.stringify(ordered, null, 2)}\n`);
  renderPublished();
}

/** Renders the page from the figures. */
export function renderPublished(): void {
  writeFileSync(inCheckout(...PAGE), renderPage(readPublished()));
}

function readPublished(): readonly PublishedSection[] {
  const path = inCheckout(...FIGURES);
  // SAFETY: this module alone writes the file.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly PublishedSection[]) : [];
}

/** Returns the circumstances of now; `loads` are load averages of a minute, a core. */
export function circumstances(command: string, loads: readonly number[]): Circumstances {
  const round = (load: number): number => Math.round(load * 10) / 10;
  return {
    date: new Date().toISOString().slice(0, 10),
    load: { low: round(Math.min(...loads)), high: round(Math.max(...loads)) },
    command,
    program: PROGRAM_VERSION,
    machine: {
      processor: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
      node: process.version,
      git: gitText(cacheFolder(), ['version']).replace('git version ', ''),
      system: `${process.platform} ${process.arch}`,
    },
  };
}
