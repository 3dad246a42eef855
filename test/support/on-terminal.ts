/** Runs the built program on a terminal of its own, with the help of Python. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CLI, type CliOptions, runProgram } from './cli.js';

const HELPER = fileURLToPath(new URL('on-terminal.py', import.meta.url));

/** Whether there is a Python that can make terminals. */
export const HAS_PTY = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;

export interface PtyResult {
  readonly code: number;
  /** What came to the terminal, with line ends as programs write them. */
  readonly terminal: string;
  /** What went to streams that are not on the terminal. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface PtyOptions extends CliOptions {
  readonly columns?: number;
  /** Which streams are on the terminal: `i`, `o` and `e`; the others are pipes. */
  readonly streams?: string;
}

/** Runs offload with some of its streams on a terminal. */
export async function runOnTerminal(args: readonly string[], options: PtyOptions = {}): Promise<PtyResult> {
  const { columns = 80, streams = 'ioe', env, ...rest } = options;
  const command = [HELPER, String(columns), streams, process.execPath, CLI, ...args];
  const result = await runProgram('python3', command, { ...rest, env: { TERM: 'xterm', ...env } });
  if (result.code !== 0) throw new Error(result.stderr);
  const found = JSON.parse(result.stdout.toString()) as PtyResult;
  return { ...found, terminal: found.terminal.replaceAll('\r\n', '\n') };
}
