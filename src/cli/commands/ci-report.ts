/** `ci report`: an entry in Markdown, for a pull request. */
import { ciReport } from '../../operations/ci-report.ts';
import { lineage } from '../../operations/lineage.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderCiReport } from '../render/ci-report.ts';

/** Steps of lineage that a summary shows. */
const DEPTH = 3;

/** The command. */
export const ciReportCommand: Command = defineCommand({
  name: 'ci report',
  group: 'Trace',
  summary: 'Summarize an entry in Markdown, for a pull request',
  description:
    'Prints what the entry is, its metrics beside those of the version before, what training was given, and its lineage ' +
    'as a diagram that GitHub and GitLab draw. Without SPEC: the entry that came last into the default model, candidates ' +
    'included. Key metrics are those of key_metrics in registry.yaml.',
  positionals: [{ name: 'spec', completes: 'spec', says: 'the entry' }],
  options: {
    against: { kind: 'string', placeholder: 'SPEC', completes: 'spec', says: 'compare with this entry' },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry ci report > report.md', says: 'summarize the newest candidate' },
    {
      command: 'git registry ci report v1.1.0 --against grammar-tutor@production',
      says: 'compare a version with what serves',
    },
  ],
  output: 'ci-report',
  async run(context, { spec, against }) {
    const workspace = await context.workspace();
    const report = await ciReport(workspace, given({ spec, against }));
    const { model, sha256 } = report.entry;
    const graph = await lineage(workspace, { spec: `${model}@${sha256}`, direction: 'up', depth: DEPTH });
    return { json: report, text: () => renderCiReport(report, graph) };
  },
});
