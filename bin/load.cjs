// Loads the program. A file of its own, since an old Node cannot so much as read `import()`.
'use strict';

import('../dist/cli.js').catch((error) => {
  process.stderr.write(`error: git-registry could not start: ${error.stack}\n`);
  process.exitCode = 70;
});
