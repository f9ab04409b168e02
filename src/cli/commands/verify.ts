/** `verify`: proves what the registry says. */
import { RegistryError } from '../../domain/errors.ts';
import type { FindingCode } from '../../domain/finding.ts';
import { verify } from '../../operations/verify.ts';
import { type Command, defineCommand } from '../command.ts';
import { exitCodeOfFindings, historyNotes } from '../finding-exit-code.ts';
import { renderVerify } from '../render/findings.ts';

/** What `repair` puts right; the rest that is repairable has to come from elsewhere. */
const MENDED: ReadonlySet<FindingCode> = new Set([
  'view-missing',
  'view-stale',
  'weights-corrupt',
  'weights-name-missing',
]);

/** The command. */
export const verifyCommand: Command = defineCommand({
  name: 'verify',
  group: 'Trace',
  summary: 'Prove what the registry says, byte for byte',
  description:
    'Recomputes identities, trees and commits, walks the event chains and compares the refs with them. With SPECs: ' +
    'those entries, all their ancestors and the logs of their models; without, everything. Exits 5 when something is ' +
    'corrupt or was tampered with, 4 when a shallow clone cuts a log, 1 when it is only what repair mends, else 0.',
  positionals: [{ name: 'specs', placeholder: 'SPEC', variadic: true, completes: 'spec', says: 'the entries' }],
  options: {
    all: { kind: 'boolean', says: 'verify everything, as without SPEC' },
    weights: { kind: 'boolean', says: 'read every cached byte too, and look into the files' },
    'gc-risk': { kind: 'boolean', says: 'name the weights that dvc gc would take' },
  },
  examples: [
    { command: 'git registry verify', says: 'verify everything but the cached bytes' },
    { command: 'git registry verify --all --weights', says: 'verify everything' },
    {
      command: 'git registry verify grammar-tutor@production',
      says: 'verify what serves, and all that it was made of',
    },
  ],
  output: 'verify',
  async run(context, { specs, all, weights, gcRisk }) {
    if (all && specs.length > 0)
      throw new RegistryError('usage', '--all: expected no SPEC beside it', { data: { specs } });
    const result = await verify(await context.workspace(), { specs, weights, gcRisk });
    return {
      json: result,
      text: (style) => renderVerify(result, weights, style),
      exitCode: exitCodeOfFindings(result.findings),
      notes: [
        ...historyNotes(result.findings),
        ...(result.findings.some(({ code }) => MENDED.has(code))
          ? [`to mend what can be: git registry repair${weights ? ' --weights' : ''}`]
          : []),
      ],
    };
  },
});
