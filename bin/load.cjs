// Loads the program. A file of its own, since an old Node cannot so much as read what it loads.
'use strict';

const path = require('node:path');

try {
  const { loadProgram } = require('../dist/cli/load.cjs');
  loadProgram(path.join(__dirname, '../dist/cli/main.cjs'), process.argv[2]);
} catch (error) {
  process.stderr.write(`error: git-registry could not start: ${error.stack}\n`);
  process.exitCode = 70;
}
