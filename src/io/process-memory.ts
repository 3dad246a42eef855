/** The peak resident memory of this process. */
import { readFileSync } from 'node:fs';

/**
 * Returns the peak in bytes. On Linux it comes from /proc: getrusage may report the parent's peak, carried over at the
 * start of the process. Other systems use getrusage.
 */
export function peakMemory(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    if (match !== null) return 1024 * Number(match[1]);
  } catch {
    // No /proc on this system.
  }
  return 1024 * process.resourceUsage().maxRSS;
}
