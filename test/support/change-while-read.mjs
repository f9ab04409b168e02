// Preloaded by tests (`NODE_OPTIONS=--import`): each read of the file CHANGED_FILE finds that somebody has just written to it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const watched = process.env.CHANGED_FILE;
const { openSync, readSync } = fs;
const descriptors = new Set();

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest);
  if (path === watched) descriptors.add(fd);
  return fd;
};
fs.readSync = (fd, ...rest) => {
  const bytes = readSync(fd, ...rest);
  if (descriptors.has(fd)) fs.appendFileSync(watched, 'x');
  return bytes;
};
syncBuiltinESMExports();
