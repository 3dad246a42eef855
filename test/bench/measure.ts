/** One run of a whole process: its wall time and its peak memory. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How the peak is had: from our own program, by looking at a stranger again and again, or not at all. */
export type PeakSource = 'reported' | 'polled' | 'none';

export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
  readonly peak: PeakSource;
}

export interface Measurement {
  readonly seconds: number;
  /** Peak resident memory in bytes; undefined where it could not be had. */
  readonly peakBytes: number | undefined;
  /** Why the run does not count: how it ended and its last words. */
  readonly failure: string | undefined;
}

/** The system keeps the high-water mark, so only what grows after the last look is missed. */
const POLL_MS = 10;
const PATIENCE_MS = 900_000;
const LAST_WORDS = 160;

const PRELOAD = new URL('./report-peak.js', import.meta.url).href;

/** The arguments of `node` that make a script report its peak. */
export const REPORT_PEAK = ['--import', PRELOAD] as const;

/** Runs a program to its end. Never throws for what the program does. */
export function measure({ program, args, peak }: Invocation): Promise<Measurement> {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe', peak === 'reported' ? 'pipe' : 'ignore'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    const stop = () => child.kill('SIGKILL');
    process.once('exit', stop);

    let seconds = 0;
    let peakBytes: number | undefined;
    let words = '';
    let problem: string | undefined;
    const poll = () => {
      if (child.pid !== undefined) peakBytes = readPeak(child.pid) ?? peakBytes;
    };
    const timer = peak === 'polled' ? setInterval(poll, POLL_MS) : undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4096);
    });
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      peakBytes = Number(chunk.toString());
    });
    child.on('error', (error) => {
      problem = error.message;
    });
    child.on('exit', (code, signal) => {
      seconds = (performance.now() - began) / 1000;
      if (signal !== null) problem = `ended by ${signal} after ${seconds.toFixed(0)} s`;
      else if (code !== 0) problem = `exit ${code}`;
    });
    child.on('close', () => {
      clearInterval(timer);
      process.off('exit', stop);
      const failure =
        problem === undefined ? undefined : [problem, lastLine(words)].filter(Boolean).join(': ');
      resolve({ seconds, peakBytes, failure });
    });
  });
}

function readPeak(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}

function lastLine(words: string): string {
  return words.trim().split('\n').at(-1)!.slice(0, LAST_WORDS);
}
