/**
 * Text for people on a terminal: written at once if it fits the screen, and shown by a pager if it does not. The pager is
 * $PAGER, or less if that is installed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { FileError } from '../../errors.js';
import { openOutput } from '../../io/output/output-file.js';
import { stopClock } from './child.js';
import type { RowOutput } from './output.js';

/** Ends at once if the text fits, keeps colors, and leaves the text on the screen. */
const LESS = ['less', ['-FRX']] as const;

/** What a shell exits with if there is no such program. */
const NOT_FOUND = 127;

/** Does something with an output that is shown by a pager if it is long. Throws FileError if there is no such pager. */
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
  /** No pager is wanted, or none is there. */
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

  /** Writes what is held, or waits until the pager has ended. Throws FileError if it could not be run. */
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
      // There is no less.
      this.isPlain = true;
      return;
    }
    // Ctrl-C is the pager's, and whoever reads takes their time.
    process.on('SIGINT', ignore);
    stopClock();
    pager.stdin!.on('error', ignore);
    this.pager = pager;
  }

  /** Waits until the pager takes more. Throws EPIPE if it has ended. */
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
  // Nothing is to be done.
}

/** Lines of the screen that a text takes: long ones are wrapped. */
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
