// Loads the program. A file of its own, since an old Node cannot so much as read what it loads.
'use strict';

try {
  require('../dist/cli/main.cjs');
} catch (error) {
  process.stderr.write(`error: git-registry could not start: ${error.stack}\n`);
  process.exitCode = 70;
}
