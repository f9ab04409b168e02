/** What a server tells a pusher: each refused ref, why, and what to do next. Everything quoted was chosen by somebody else. */
import { PUSH_RULES, type PushRule } from '../../domain/push-refusal.ts';
import type { PushVerdict } from '../../operations/judge-push.ts';
import { escapeControls } from './escape.ts';

/** More refs of one rule than this say no more. */
const MOST = 10;

/** Returns lines. `ends`: what a refusal refuses, the whole push or the refs themselves. */
export function renderPush({ refused, ineffective }: PushVerdict, ends: 'push' | 'refs'): readonly string[] {
  const rules = [...new Set(refused.map(({ refusal }) => refusal.rule))];
  const lines = rules.flatMap((rule) => renderRule(refused, rule));
  const kept = ineffective.map(
    ({ name, message }) => `note: ${spell(name)}: ${clip(message)}; it is kept, and has no effect (format §6.3)`,
  );
  const whole = ends === 'push' && refused.length > 0 ? ['error: so nothing of this push was taken'] : [];
  return [...kept.slice(0, MOST), ...moreThan(kept.length, 'events without effect'), ...lines, ...whole];
}

function renderRule(refused: PushVerdict['refused'], rule: PushRule): readonly string[] {
  const of = refused.filter(({ refusal }) => refusal.rule === rule);
  const lines = of
    .slice(0, MOST)
    .map(({ name, refusal }) => `error: ${spell(name)} refused: ${clip(refusal.message)} (${rule})`);
  return [...lines, ...moreThan(of.length, `refs refused (${rule})`), `hint: ${PUSH_RULES[rule]}`];
}

function moreThan(count: number, what: string): readonly string[] {
  return count > MOST ? [`and ${count - MOST} more ${what}`] : [];
}

/** A name holds one character a byte. */
function spell(name: string): string {
  return clip(Buffer.from(name, 'latin1').toString());
}

function clip(text: string): string {
  const line = escapeControls(text);
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}
