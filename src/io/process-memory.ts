/** The peak resident memory of this process. */
import { readFileSync } from 'node:fs';

/** The kernel sums the counters of several cores without a lock, so two readings may differ by some pages. */
let highest = 0;

/**
 * Returns the peak in bytes; it never falls. On Linux it comes from /proc: getrusage may report the parent's peak,
 * carried over at the start of the process. Other systems use getrusage.
 */
export function peakMemory(): number {
  highest = Math.max(highest, readPeak());
  return highest;
}

function readPeak(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    if (match !== null) return 1024 * Number(match[1]);
  } catch {
    // No /proc on this system.
  }
  return 1024 * process.resourceUsage().maxRSS;
}
