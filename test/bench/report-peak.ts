/**
 * Loaded into the program that is measured, by `node --import`: tells its peak memory in bytes on descriptor 3
 * as the process ends.
 *
 * VmHWM rather than maxRSS: Linux carries maxRSS over from the process that forked, so a small program would be
 * charged with the benchmark's own memory.
 */
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const RESULT = 3;

function readPeak(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))!;
    return Number(kibibytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

if (isMainThread) process.on('exit', () => writeSync(RESULT, `${readPeak()}\n`));
