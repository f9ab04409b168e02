// Preloaded by tests (`NODE_OPTIONS=--import`): adds the name of each file that the process opened to the file OPENED_REPORT.
// The program loads its own files by opening them, so that a trace of `require` would not see them.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const report = process.env.OPENED_REPORT;
const { openSync } = fs;
const opened = new Set();

fs.openSync = (path, ...rest) => {
  opened.add(String(path));
  return openSync(path, ...rest);
};
syncBuiltinESMExports();
process.once('exit', () => fs.appendFileSync(report, `${[...opened].join('\n')}\n`));
