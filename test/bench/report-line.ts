/** A line of the report: a figure, what it is held against, and what was promised. */
import { median, type Times } from './measure.ts';

/** One figure. */
export interface ReportLine {
  /** What was done, as a row of a table says it. */
  readonly what: string;
  /** With what: the registry, or the file. */
  readonly size: string;
  readonly value: number;
  readonly unit: 'ms' | 'MiB' | 'KB' | 'files' | 'violations';
  /** What it is held against, in the same unit. */
  readonly floor?: { readonly what: string; readonly value: number };
  /** The greatest ratio to the floor, or without a floor the greatest value. */
  readonly target?: number;
  /** Why it takes what it takes: printed where the target is missed. */
  readonly why?: string;
}

/** Lines under one title. */
export interface ReportSection {
  readonly title: string;
  /** What a reader of the figures must know: printed below them. */
  readonly note?: string;
  readonly lines: readonly ReportLine[];
}

/** A line whose figures are medians of measured variants: the floor is the sum of its parts, one after another. */
export interface RatioRequest {
  readonly what: string;
  readonly size: string;
  /** The variant, by id. */
  readonly subject: string;
  readonly floor: readonly string[];
  readonly target?: number;
  readonly why?: string;
}

/** Returns the line that times give. */
export function ratioLine(times: Times, request: RatioRequest): ReportLine {
  const { subject, floor, ...rest } = request;
  const value = floor.reduce((sum, id) => sum + median(times.get(id)), 0);
  return { ...rest, unit: 'ms', value: median(times.get(subject)), floor: { what: floor.join(' + '), value } };
}

/** Returns what the target is compared with: the ratio to the floor, else the value. */
export function scoreOf({ value, floor }: ReportLine): number {
  return floor === undefined ? value : value / floor.value;
}

/** Tells whether a line misses its target. */
export function isMissed(line: ReportLine): boolean {
  return line.target !== undefined && scoreOf(line) > line.target;
}
