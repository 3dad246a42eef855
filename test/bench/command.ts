/** One command to measure, and how offload is called. */
import { fileURLToPath } from 'node:url';
import { type Invocation, REPORT_PEAK } from './measure.js';

export interface Command {
  readonly name: string;
  /** The table has a column of ratios to each yardstick and peer, and none to answers. */
  readonly role: 'own' | 'peer' | 'answer' | 'yardstick';
  readonly invocation: Invocation;
  /** Removed before each run. */
  readonly output: string;
  /** Whether the output is an OFF, whose counts are looked at. */
  readonly writesOff: boolean;
}

export const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** `offload` with these arguments, as a process of its own. */
export function invokeOwn(...args: readonly string[]): Invocation {
  return { program: process.execPath, args: [...REPORT_PEAK, CLI, ...args, '--quiet'], peak: 'reported' };
}

/** A command of offload, with an output that is removed before each run. */
export function makeOwn(name: string, output: string, ...args: string[]): Command {
  return { name, role: 'own', invocation: invokeOwn(...args), output, writesOff: output.endsWith('.off') };
}
