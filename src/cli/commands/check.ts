/** `check`: looks at what is about to be committed. */
import { check } from '../../operations/check.ts';
import type { CheckResult } from '../../operations/check-result.ts';
import { type Command, defineCommand } from '../command.ts';
import { exitCodeOfFindings, historyNotes } from '../finding-exit-code.ts';

/** The command. */
export const checkCommand: Command = defineCommand({
  name: 'check',
  group: 'Trace',
  summary: 'Find what should not be committed',
  description:
    'Finds weights that git would keep as they are, broken bundles, train manifests whose corpus or code is not here, ' +
    'baselines whose eval set has drifted, pins that no longer hold, and refs that their logs do not give. With --staged ' +
    'it judges what the next commit would have, as a hook must; without, the files of the work tree. Exits 1 where it ' +
    'finds something, 4 where a shallow clone cuts a log, 5 where a ref was tampered with. A file with the attribute registry-raw in .gitattributes may be ' +
    'raw weights.\n\n' +
    'With --unpublished it says instead which models have events that the remote did not have when it was last seen, ' +
    'and exits 0.',
  positionals: [],
  options: {
    staged: { kind: 'boolean', says: 'judge the index, as the next commit would have it' },
    'only-findings': { kind: 'boolean', says: 'print nothing where nothing is found' },
    unpublished: {
      kind: 'string',
      placeholder: 'REMOTE',
      conflicts: ['staged'],
      says: 'warn of models that the remote does not have as they are here',
    },
  },
  examples: [
    { command: 'git registry check --staged', says: 'check what is about to be committed' },
    { command: 'git registry check', says: 'check the files of the work tree' },
    { command: 'git registry check --unpublished origin', says: 'see what was not pushed' },
  ],
  output: 'check',
  async run(context, { staged, onlyFindings, unpublished }) {
    const workspace = await context.workspace();
    const result = await (unpublished === undefined
      ? check(workspace, { staged })
      : (await import('../../operations/check-unpublished.ts')).checkUnpublished(workspace, unpublished));
    if (onlyFindings && result.findings.length === 0) return { json: result, text: () => [] };
    const { renderCheck } = await import('../render/check.ts');
    return {
      json: result,
      text: (style) => renderCheck(result, style),
      exitCode: exitCodeOfFindings(result.findings),
      notes: nextSteps(result, staged),
    };
  },
});

/** What to run next, where one command mends it. */
function nextSteps({ findings }: CheckResult, staged: boolean): readonly string[] {
  const has = (...codes: readonly string[]): boolean => findings.some(({ code }) => codes.includes(code));
  return [
    ...historyNotes(findings),
    ...(has('weights-raw') ? ['to keep weights out of git: dvc add FILE, or git registry register FOLDER'] : []),
    ...(has('weights-raw') && staged ? ['to take a file out of the commit: git restore --staged FILE'] : []),
    ...(has('code-unknown') ? ['where the code is kept elsewhere: git config registry.foreignCode true'] : []),
    ...(has('view-missing', 'view-stale') ? ['to rebuild refs: git registry repair'] : []),
    ...(has('pin-missing') ? ['to get what is pinned: git registry pull'] : []),
  ];
}
