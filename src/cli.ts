#!/usr/bin/env node
/** The command: refuses a Node that is too old before anything native is loaded, then starts the program. */
import nodeModule, { createRequire } from 'node:module';

/**
 * The oldest Node supported, the same as `engines` in package.json. better-sqlite3 crashes 22.13 and older, which lack
 * its version of Node-API; zlib has zstd since 22.15. Node 23 has reached its end of life.
 */
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
const isSupported = (major === 22 && minor >= 15) || major >= 24;

if (isSupported) {
  // Node warns on standard error if both are set. NO_COLOR wins unless it is empty, as in commands/paint.
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && FORCE_COLOR !== undefined) {
    delete process.env[NO_COLOR === '' ? 'NO_COLOR' : 'FORCE_COLOR'];
  }
  // A small conversion takes 0.18 s of processor time with the cache and 0.21 s without. Node keeps what is compiled
  // when a file is loaded; functions are compiled when they are called, in every run, for 0.02 s. Rejected: to compile
  // all of them at once (--no-lazy) and keep that, which took as long to read, and files of our own with what a run has
  // compiled (vm.Script), which V8 does not check: damaged ones crash the process.
  nodeModule.enableCompileCache();
  // The program is built as CommonJS, which Node loads faster than ES modules.
  createRequire(import.meta.url)('./main.cjs');
} else {
  const found = `${process.versions.node} (${process.execPath})`;
  process.stderr.write(`offload: needs Node 22.15, 24 or newer; this is Node ${found}\n`);
  process.exitCode = 1;
}
