/** `clone`: a repository that holds a registry and nothing else. */
import { basename, resolve } from 'node:path';
import { pull } from '../../operations/pull.ts';
import { type Command, defineCommand } from '../command.ts';
import { exitCodeOfIssues, issueDocuments, issueNotes, renderPull } from '../render/sync.ts';

/** The command. */
export const cloneCommand: Command = defineCommand({
  name: 'clone',
  group: 'Share',
  summary: 'Make a repository that holds a registry alone, without code',
  description:
    'For machines that resolve, get and promote but never look at the code. The folder is a git repository whose remote ' +
    'origin is URL; no branch is fetched.',
  positionals: [
    { name: 'url', required: true, says: 'where the registry is' },
    { name: 'dir', completes: 'path', says: 'the folder to make; the last part of URL where left out' },
  ],
  options: {},
  examples: [
    { command: 'git registry clone git@example.org:team/models.git models', says: 'make a registry-only clone' },
  ],
  output: 'clone',
  async run(context, { url, dir }) {
    const folder = resolve(
      context.cwd,
      dir ??
        basename(url.replace(/\/+$/, ''))
          .replace(/^.*:/, '')
          .replace(/\.git$/, ''),
    );
    // A path is one from here, but the remote is read from there.
    const address = /^(?:[a-z][a-z0-9+.-]*:\/\/|[^/\\:\s]+:)/i.test(url) ? url : resolve(context.cwd, url);
    const { createClone } = await import('../compose.ts');
    const workspace = await createClone(context, address, folder);
    try {
      await workspace.repository.hideDecorations();
      const result = await pull(workspace, { words: [] });
      const { weights: _notAsked, ...pulled } = result;
      return {
        json: { folder, ...pulled, issues: issueDocuments(result.issues) },
        text: (style) => [`cloned into ${folder}`, ...renderPull(result, style)],
        notes: issueNotes(result.issues, result.odd),
        exitCode: exitCodeOfIssues(result.issues),
      };
    } finally {
      await workspace.close();
    }
  },
});
