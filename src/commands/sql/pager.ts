/**
 * Text on a terminal: written directly if it fits on the screen, else shown in a pager. The pager is $PAGER, or less if it
 * is installed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { FileError } from '../../errors.js';
import { openOutput } from '../../io/output/output-file.js';
import { stopClock } from './child.js';
import type { RowOutput } from './output.js';

/** Exits immediately if the text fits, keeps colors, and leaves the text on the screen. */
const LESS = ['less', ['-FRX']] as const;

/** The exit code of a shell if a program is not found. */
const NOT_FOUND = 127;

/** Calls `write` with an output that uses a pager for long text. Throws FileError if the pager cannot be run. */
export async function withPager<T>(write: (output: RowOutput) => Promise<T>): Promise<T> {
  const output = new PagedOutput();
  try {
    return await write(output);
  } finally {
    await output.end();
  }
}

class PagedOutput implements RowOutput {
  private held: Buffer[] = [];
  private lines = 0;
  private pager: ChildProcess | undefined;
  /** No pager is wanted or available. */
  private isPlain = (process.stdout.rows ?? 0) === 0 || ['', 'cat'].includes(process.env.PAGER ?? 'less');

  async write(text: Buffer): Promise<void> {
    if (this.pager !== undefined) return this.send(text);
    this.held.push(text);
    if (!this.isPlain) this.lines += countScreenLines(text);
    if (this.isPlain || this.lines < process.stdout.rows) return this.isPlain ? this.flush() : undefined;
    await this.start();
    const held = this.held;
    this.held = [];
    for (const each of held) await this.write(each);
  }

  /** Writes the text held back, or waits until the pager has ended. Throws FileError if it could not be run. */
  async end(): Promise<void> {
    if (this.pager === undefined) return this.flush();
    const { pager } = this;
    pager.stdin!.end();
    if (pager.exitCode === null && pager.signalCode === null) await once(pager, 'close');
    process.off('SIGINT', ignore);
    if (pager.exitCode !== NOT_FOUND) return;
    throw new FileError(`cannot run the pager '${process.env.PAGER}'`, {
      hint: 'set PAGER to a program that is installed, or pass --no-pager',
    });
  }

  private async start(): Promise<void> {
    const { PAGER } = process.env;
    const stdio = ['pipe', 'inherit', 'inherit'] as const;
    const pager =
      PAGER === undefined
        ? spawn(LESS[0], LESS[1], { stdio: [...stdio] })
        : spawn(PAGER, { stdio: [...stdio], shell: true });
    try {
      await once(pager, 'spawn');
    } catch {
      // less is not installed.
      this.isPlain = true;
      return;
    }
    // Ctrl-C belongs to the pager, and reading has no time limit.
    process.on('SIGINT', ignore);
    stopClock();
    pager.stdin!.on('error', ignore);
    this.pager = pager;
  }

  /** Sends text to the pager and waits until it is taken. Throws EPIPE if the pager has ended. */
  private send(text: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pager!.stdin!.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  private async flush(): Promise<void> {
    const output = await openOutput('-', false);
    for (const text of this.held) await output.write(text);
    this.held = [];
  }
}

function ignore(): void {
  // Nothing to do.
}

/** Counts the screen lines of a text, with long lines wrapped. */
function countScreenLines(text: Buffer): number {
  const columns = process.stdout.columns || 80;
  let lines = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(10, at);
    const length = (end < 0 ? text.length : end) - at;
    lines += Math.max(1, Math.ceil(length / columns));
    at += length + 1;
  }
  return lines;
}
