/**
 * Loads the program together with what V8 compiled of it before, kept beside it: a quarter of what a short command takes
 * is compiling. Throw-away: where it is absent, of another program, another Node, or cannot be written, nothing is lost but
 * that time. Who can write there can write the program.
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** A CommonJS module's function. */
type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  file: string,
  folder: string,
) => void;

/** What stands before the code: whose code it is, and which commands have run, since functions are compiled when they run. */
interface Heading {
  readonly key: string;
  readonly verbs: readonly string[];
}

interface Compiled extends Heading {
  readonly code: Uint8Array;
}

const LINE_FEED = 0x0a;
/** Verbs that one file remembers: more than there are commands, and no more, whatever is typed. */
const VERBS = 80;
/** Exit codes (format §9): above are faults and signals, and a usage error may be of a verb that there is not. */
const ANSWERED = 5;
const USAGE = 2;

/** Runs a file of the program, given the command's verb. Throws what the file throws. */
export function loadProgram(file: string, verb: string | undefined): void {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (wanted: string): unknown => {
    const known = loaded.get(wanted);
    if (known !== undefined) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    loaded.set(wanted, module);
    const nodeRequire = createRequire(wanted);
    const folder = path.dirname(wanted);
    const require = (name: string): unknown =>
      name.startsWith('./') ? load(path.join(folder, name)) : nodeRequire(name);
    compile(wanted, verb)(module.exports, require, module, wanted, folder);
    return module.exports;
  };
  load(file);
}

function compile(file: string, verb: string | undefined): Wrapper {
  const { source, key } = readSource(file);
  const kept = readCompiled(file, key);
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept.code }),
  });
  const verbs = script.cachedDataRejected === false ? (kept?.verbs ?? []) : [];
  if (verb !== undefined && /^[a-z_][a-z_-]*$/.test(verb) && !verbs.includes(verb) && verbs.length < VERBS)
    process.once('exit', (code) => {
      if (code <= ANSWERED && code !== USAGE && isPlain())
        keepCompiled(file, { key, verbs: [...verbs, verb], code: script });
    });
  return script.runInThisContext() as Wrapper;
}

/** V8 takes code back only under the flags that it was made with: a run with flags of its own leaves it alone. */
function isPlain(): boolean {
  return process.execArgv.length === 0 && process.env['NODE_OPTIONS'] === undefined;
}

/** V8 itself compares no more than the length of the source; whoever replaces a file sets its change time. */
function readSource(file: string): { readonly source: string; readonly key: string } {
  const fd = fs.openSync(file, 'r');
  try {
    const { size, ctimeNs, ino } = fs.fstatSync(fd, { bigint: true });
    return { source: fs.readFileSync(fd, 'utf8'), key: `${process.version} ${process.arch} ${size} ${ctimeNs} ${ino}` };
  } finally {
    fs.closeSync(fd);
  }
}

function readCompiled(file: string, key: string): Compiled | undefined {
  try {
    const bytes = fs.readFileSync(keptFile(file));
    const end = bytes.indexOf(LINE_FEED);
    const heading = JSON.parse(bytes.toString('utf8', 0, end)) as Heading;
    return heading.key === key ? { ...heading, code: bytes.subarray(end + 1) } : undefined;
  } catch {
    return undefined;
  }
}

function keepCompiled(file: string, { code, ...heading }: Heading & { readonly code: Script }): void {
  const kept = keptFile(file);
  // Containers that share an installation share process ids.
  const temporary = `${kept}.${process.pid}-${process.hrtime.bigint()}.tmp`;
  try {
    fs.accessSync(path.dirname(kept), fs.constants.W_OK);
    const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(heading)}\n`), code.createCachedData()]);
    // Flushed before it gets its name: after a power cut it is there whole, or not at all.
    fs.writeFileSync(temporary, bytes, { flush: true });
    fs.renameSync(temporary, kept);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

function keptFile(file: string): string {
  return `${file}.${process.versions.modules}.compiled`;
}
