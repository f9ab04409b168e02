// Preloaded by tests (`NODE_OPTIONS=--import`): all that the process starts holds its standard output open. So whoever reads
// that sees when the last of them has ended, also where the process itself was killed before.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const { spawn } = childProcess;
childProcess.spawn = (program, args, options = {}) => {
  const { stdio = 'pipe' } = options;
  const own = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
  return spawn(program, args, { ...options, stdio: [...own, 1] });
};
syncBuiltinESMExports();
