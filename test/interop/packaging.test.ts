import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { machineEnvironment, npm, run } from '../support/npm.ts';
import { lacks } from '../support/tools.ts';

const VERSION_LINE = `git-registry ${manifest.version}\n`;

/** What a tarball of the repository does not hold. */
const NOT_IN_TARBALL = new Set(['.git', 'node_modules', 'dist', 'coverage', 'src/schema/compiled']);

/** The last release of a line that is too old. */
const OLD_NODE = '18.20.8';

/** One file of `npm pack --json`. */
interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

/** What `npm pack --json` says of the package. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly PackedFile[];
}

let root: string;
let checkout: string;
let prefix: string;
let packed: Packed;

beforeAll(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'git registry packaging ')));
  checkout = path.join(root, 'unpacked tarball');
  prefix = path.join(root, 'global prefix');
  cpSync('.', checkout, { recursive: true, filter: (source) => !NOT_IN_TARBALL.has(path.normalize(source)) });
  npm(checkout, ['ci', '--prefer-offline']);
  // `npm ci` has built by `prepare`; packing would only do it again.
  [packed] = JSON.parse(npm(checkout, ['pack', '--json', '--ignore-scripts'])) as [Packed];
  npm(root, ['install', '--global', '--prefix', prefix, '--offline', path.join(checkout, packed.filename)]);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The environment of a user who has the global prefix on the PATH. */
function installed(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const bin = path.join(prefix, 'bin');
  return machineEnvironment({ PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, ...extra });
}

describe('a tarball of the repository, unpacked where the path has spaces', () => {
  test('runs after npm ci alone', () => {
    const { status, stdout } = run(root, process.execPath, [path.join(checkout, 'bin/git-registry.cjs'), '--version']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: VERSION_LINE });
  });

  test('has built everything that package.json points at', () => {
    const places = [
      manifest.exports['.'].types,
      manifest.exports['.'].default,
      ...Object.values(manifest.bin),
      ...manifest.man,
    ];
    expect(places.filter((place) => !existsSync(path.join(checkout, place)))).toEqual([]);
  });

  test('has built every program that its npm scripts start', () => {
    const started = Object.values(manifest.scripts).flatMap((script) => /node (dist\/\S+)/.exec(script)?.[1] ?? []);
    expect(started).toContain('dist/dev/demo.js');
    expect(started.filter((program) => !existsSync(path.join(checkout, program)))).toEqual([]);
  });

  test('says what to do where it was not built', () => {
    const bare = path.join(root, 'not built');
    cpSync('bin', path.join(bare, 'bin'), { recursive: true });
    const { status, stderr } = run(root, process.execPath, [path.join(bare, 'bin/git-registry.cjs'), 'list']);
    expect({ status, stderr }).toEqual({ status: 4, stderr: 'error: git-registry is not built here\nhint: npm ci\n' });
  });
});

describe('the package', () => {
  test('holds the program, the library, its types, schemas, man page, completions, licences and nothing of development', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'bin/git-registry.cjs',
        'dist/cli/main.cjs',
        'dist/fast.cjs',
        'dist/index.js',
        'dist/types/index.d.ts',
        'dist/schema/event.schema.json',
        'dist/schema/output/error.schema.json',
        'dist/man/git-registry.1',
        'dist/completion/git-registry.bash',
        'dist/THIRD-PARTY.txt',
        'docs/errors.md',
      ]),
    );
    const allowed =
      /^(?:bin|docs|dist\/(?:chunks|cli|types|schema|man|completion))\/|^dist\/[^/.][^/]*$|^[^/]+\.md$|^LICENSE$|^package\.json$/;
    expect(paths.filter((file) => !allowed.test(file))).toEqual([]);
  });

  test('is smaller than 5 MB', () => {
    expect(packed.size).toBeLessThan(5_000_000);
  });

  test('needs no other package, so an installation asks no registry', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(existsSync(path.join(prefix, 'lib/node_modules/git-registry/dist/cli/main.cjs'))).toBe(true);
    expect(existsSync(path.join(prefix, 'lib/node_modules/git-registry/node_modules'))).toBe(false);
  });
});

describe('npm install --global', () => {
  test('makes `git registry` a git subcommand', () => {
    const { status, stdout } = run(root, 'git', ['registry', '--version'], installed());
    expect({ status, stdout }).toEqual({ status: 0, stdout: VERSION_LINE });
  });

  test('gives a program that also runs through another link', () => {
    const link = path.join(root, 'a link');
    symlinkSync(path.join(prefix, 'bin/git-registry'), link);
    const { status, stdout } = run(root, link, ['help'], installed());
    expect(status).toBe(0);
    expect(stdout).toContain('git registry');
  });

  test.skipIf(lacks('man'))('lets `git registry --help` open the man page', () => {
    const manPath = path.join(prefix, 'share/man');
    const environment = installed({ MANPATH: manPath, PAGER: 'cat', MANPAGER: 'cat', MANWIDTH: '100', LC_ALL: 'C' });
    const { status, stdout, stderr } = run(root, 'git', ['registry', '--help'], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('GIT-REGISTRY(1)');
    expect(stdout).toContain('EXIT STATUS');
  });

  test.skipIf(lacks('man'))('gives a man page that the formatter has nothing to say about', () => {
    const page = path.join(prefix, 'share/man/man1/git-registry.1');
    const { status, stderr } = run(
      root,
      'man',
      ['--warnings=w', '--local-file', page],
      installed({ PAGER: 'cat', LC_ALL: 'C', MANWIDTH: '100' }),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('the library', () => {
  test('is imported by name from a project that installed the package, and type-checks there', () => {
    const project = path.join(root, 'consumer');
    mkdirSync(project);
    writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }');
    npm(project, ['install', '--offline', path.join(checkout, packed.filename)]);
    writeFileSync(
      path.join(project, 'use.ts'),
      [
        `import { openRegistry } from 'git-registry';`,
        `export const opened: unknown = openRegistry('.');`,
        // Fails where the types are not found: then anything goes.
        '// @ts-expect-error a folder is a text',
        'export const refused: unknown = openRegistry(1);',
        '',
      ].join('\n'),
    );
    writeFileSync(
      path.join(project, 'use.mjs'),
      `import { openRegistry } from 'git-registry';\nconsole.log(typeof openRegistry);\n`,
    );
    const modules = path.join(checkout, 'node_modules');
    const compiled = run(project, process.execPath, [
      path.join(modules, 'typescript/bin/tsc'),
      ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'],
      ...['--typeRoots', path.join(modules, '@types'), '--types', 'node', 'use.ts'],
    ]);
    expect({ status: compiled.status, stdout: compiled.stdout }).toEqual({ status: 0, stdout: '' });
    expect(run(project, process.execPath, ['use.mjs']).stdout).toBe('function\n');
  });
});

describe('a Node that is too old', () => {
  const store = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
    'git-registry-ci',
    `node-${OLD_NODE}`,
  );
  const name = `node-${process.platform}-${process.arch}`;
  const oldNode = path.join(store, 'node_modules', name, 'bin/node');

  test.skipIf(lacks(oldNode))('is told so, with the exit code of the environment', () => {
    if (!existsSync(oldNode)) {
      mkdirSync(store, { recursive: true });
      npm(store, ['install', '--prefix', store, '--no-save', `${name}@${OLD_NODE}`]);
    }
    const { status, stdout, stderr } = run(root, oldNode, [path.join(prefix, 'bin/git-registry'), '--version']);
    expect({ status, stdout, stderr }).toEqual({
      status: 4,
      stdout: '',
      stderr: `error: git-registry needs Node >= 20.19, this is v${OLD_NODE}\n`,
    });
  });
});
