#!/usr/bin/env node
// The launcher. Its syntax is that of the oldest Node, so that any Node can say that it is too old.
'use strict';

var version = process.versions.node.split('.');

/** Ends the launcher with a message and exit code 4, "environment" (format §9). */
function refuse(message, hint) {
  process.stderr.write('error: ' + message + '\n' + (hint ? 'hint: ' + hint + '\n' : ''));
  process.exitCode = 4;
}

/** Hands over to the program: the short way where that knows the answer, else the whole. */
function launch() {
  var fast;
  try {
    fast = require('../dist/fast.cjs');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    refuse('git-registry is not built here', 'npm ci');
    return;
  }
  fast.run(process.argv.slice(2)).then(function (done) {
    if (!done) require('./load.cjs');
  });
}

if (version[0] < 20 || (version[0] === '20' && version[1] < 19)) {
  refuse('git-registry needs Node >= 20.19, this is v' + process.versions.node);
} else {
  launch();
}
