// Preloaded by tests (`NODE_OPTIONS=--import`): kills its own process with SIGKILL at the n-th step that changes the world.
// Steps are file operations of this process and starts and ends of its children. `KILL_AT=0` only counts them.
// Children that outlive it hold its output: who waits for that sees what they leave.
import './held-output.mjs';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const limit = Number(process.env.KILL_AT ?? '0');
const report = process.env.KILL_REPORT;
let steps = 0;

function step() {
  steps += 1;
  if (steps === limit) process.kill(process.pid, 'SIGKILL');
}

const CHANGING = [
  'open',
  'write',
  'rename',
  'link',
  'fsync',
  'chmod',
  'mkdir',
  'unlink',
  'rm',
  'copyFile',
  'symlink',
  'writeFile',
];

function wrap(target, name) {
  const original = target[name];
  if (typeof original !== 'function') return;
  target[name] = function (...args) {
    step();
    return original.apply(this, args);
  };
}

for (const name of CHANGING) {
  wrap(fs, `${name}Sync`);
  wrap(fs.promises, name);
}

const { spawn } = childProcess;
childProcess.spawn = function (...args) {
  step();
  const child = spawn.apply(this, args);
  child.prependListener('close', step);
  return child;
};
syncBuiltinESMExports();

if (report !== undefined) process.on('exit', () => fs.appendFileSync(report, `${steps}\n`));
