/** The machine as far as it matters for a figure; no names. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** The processor as part of a file name, and one line for the head of a table, with the day. */
export function describeMachine(): { cpu: string; line: string } {
  const cores = cpus();
  const cpu = (cores[0]?.model ?? 'unknown CPU')
    .replace(/\((R|TM)\)|CPU|Processor|@.*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const facts = readProcessorFacts();
  // Where the clock cannot be set, as in virtual machines, Node says 0 MHz.
  const mhz = cores[0]?.speed || Number(/^cpu MHz\s*:\s*(\S+)/m.exec(facts)?.[1] ?? 0);
  const clock = mhz > 0 ? ` at ${(mhz / 1000).toFixed(1)} GHz` : '';
  const virtual = /^flags.*\bhypervisor\b/m.test(facts) ? ' (virtual)' : '';
  const line =
    `${cores.length} cores of ${cpu}${clock}${virtual}, ${Math.round(totalmem() / 2 ** 30)} GB; ` +
    `Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}; load before ${loadavg()[0]!.toFixed(1)}`;
  return { cpu: cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-'), line };
}

/** What Linux says about the processor; elsewhere nothing. */
function readProcessorFacts(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1');
  } catch {
    return '';
  }
}
