/** Runs every page of the docs: each command, its exact output on both streams, its exit code, its JSON against its schema. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Command, loadVisible } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { explainDocument, findDocument, jsonCommandOf } from './docs/json-documents.ts';
import { readPage, writePage } from './docs/page.ts';
import { type Outcome, ROOT, runSteps } from './docs/session.ts';
import { settlePage } from './docs/settle.ts';

const NAMES = new Set(COMMANDS.keys());
const isUpdate = process.env['UPDATE_DOCS'] === '1';

/** README.md and all pages below docs/ that have something to run, as paths in the checkout. */
function listPages(): readonly string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path));
  return ['README.md', ...docs]
    .filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)))
    .filter((path) => readPage(readFileSync(join(ROOT, path), 'utf8'), path).some(({ kind }) => kind === 'console'))
    .sort();
}

/** Where the page of a command is. */
function pageOf(command: Command): string {
  return join('docs/commands', `${command.name.replace(' ', '-')}.md`);
}

let visible: readonly Command[] = [];
const documented = new Set<string>();

beforeAll(async () => {
  visible = await loadVisible(COMMANDS);
});

/** A fault's document is an answer of every command. */
function schemaOf(name: string, document: unknown): string {
  const isFault = typeof document === 'object' && document !== null && Object.keys(document).join() === 'error';
  return isFault ? 'error' : (visible.find((command) => command.name === name)?.output ?? name);
}

function explainJson(command: string, outcome: Outcome): string | undefined {
  const name = jsonCommandOf(command, NAMES);
  if (name === undefined) return undefined;
  const document = findDocument(outcome.output);
  if (document === undefined) return `${command}: expected a JSON document, got none`;
  const schema = schemaOf(name, document);
  if (schema !== 'error') documented.add(name);
  const why = explainDocument(schema, document);
  return why === undefined ? undefined : `${command}: ${why}`;
}

describe('the docs', () => {
  test.concurrent.each(listPages())(
    '%s says what happens',
    async (page) => {
      const path = join(ROOT, page);
      const text = readFileSync(path, 'utf8');
      const parts = readPage(text, page);
      const outcomes = await runSteps(parts, page);
      const settled = writePage(settlePage(parts, outcomes));
      if (isUpdate && settled !== text) writeFileSync(path, settled);
      else expect(settled).toBe(text);
      const faults = [...outcomes]
        .map(([step, outcome]) => explainJson(step.command, outcome))
        .filter((why) => why !== undefined);
      expect(faults).toEqual([]);
    },
    900_000,
  );

  test('have a page for every command, and no other', () => {
    const pages = readdirSync(join(ROOT, 'docs/commands')).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(visible.map((command) => basename(pageOf(command))).sort());
  });

  test('show a JSON document of every command', () => {
    expect(visible.map(({ name }) => name).filter((name) => !documented.has(name))).toEqual([]);
  });
});
