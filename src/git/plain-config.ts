/** The few lines of a repository's own configuration that decide how it is stored. */

/** What they say. */
export interface StorageFormat {
  readonly objectFormat: 'sha1' | 'sha256';
  readonly refFormat: 'files' | 'other';
}

const SECTION = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"(?:[^"\\]|\\.)*")?\s*\](?:\s*[#;].*)?$/;
const VARIABLE = /^([A-Za-z][A-Za-z0-9-]*)(?:\s*=\s*(.*))?$/;
/** Extensions that change neither how objects nor how refs are read. */
const HARMLESS = new Set(['extensions.noop', 'extensions.preciousobjects', 'extensions.partialclone']);

/**
 * Reads the text of `<common dir>/config`. Undefined where it says anything that git must judge: an include, a
 * continued line, a bare repository, another work tree, an unknown extension or version, an extension that version 0 lacks.
 */
export function parsePlainConfig(text: string): StorageFormat | undefined {
  const variables = readVariables(text);
  if (variables === undefined) return undefined;
  const {
    version = '0',
    bare = 'false',
    objectFormat = 'sha1',
    refFormat = 'files',
    ...odd
  } = nameVariables(variables);
  if (Object.keys(odd).length > 0 || bare !== 'false') return undefined;
  const extended = variables.has('extensions.objectformat') || variables.has('extensions.refstorage');
  if (version !== '1' && (version !== '0' || extended)) return undefined;
  if (objectFormat !== 'sha1' && objectFormat !== 'sha256') return undefined;
  return { objectFormat, refFormat: refFormat === 'files' ? 'files' : 'other' };
}

/** Tells whether the text mentions a ref storage at all. */
export function namesRefStorage(text: string): boolean {
  return /^\s*(?:\[.*\]\s*)?refstorage\b/im.test(text);
}

const NAMES: Readonly<Record<string, string>> = {
  'core.repositoryformatversion': 'version',
  'core.bare': 'bare',
  'extensions.objectformat': 'objectFormat',
  'extensions.refstorage': 'refFormat',
};

/** Drops the harmless variables and gives the known ones short names; what is left over is odd. */
function nameVariables(variables: ReadonlyMap<string, string>): Record<string, string> {
  const relevant = [...variables].filter(([key]) => {
    return key in NAMES || key === 'core.worktree' || (key.startsWith('extensions.') && !HARMLESS.has(key));
  });
  return Object.fromEntries(relevant.map(([key, value]) => [NAMES[key] ?? key, value]));
}

/** Returns every variable as `section.name` in lower case, or undefined where the text takes more than this to read. */
function readVariables(text: string): ReadonlyMap<string, string> | undefined {
  const variables = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.endsWith('\\')) return undefined;
    if (line.startsWith('[')) {
      section = SECTION.exec(line)?.[1]?.toLowerCase() ?? 'include';
      if (section.startsWith('include')) return undefined;
      continue;
    }
    const [, name, value = ''] = VARIABLE.exec(line) ?? [];
    if (name === undefined) return undefined;
    variables.set(`${section}.${name.toLowerCase()}`, value.trim());
  }
  return variables;
}
