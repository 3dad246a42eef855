/** The most memory this process has had resident. */
import { readFileSync } from 'node:fs';

/**
 * Bytes. Linux says it in /proc; what getrusage says there may be the parent's, carried over when the process
 * began, and is used on other systems alone.
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
