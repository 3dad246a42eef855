/** Ends a process that hangs, which nothing else in it can: a thread of its own looks at a counter. */
import { Worker } from 'node:worker_threads';

const SOURCE = `
const { workerData: { counter, seconds, describe }, parentPort } = require('node:worker_threads');
let known = -1;
let since = Date.now();
setInterval(() => {
  const count = Atomics.load(counter, 0);
  if (count !== known) [known, since] = [count, Date.now()];
  else if (Date.now() - since > 1000 * seconds) {
    require('node:fs').writeSync(2, \`\${describe}: input \${count} takes more than \${seconds} s\\n\`);
    process.kill(process.pid, 'SIGKILL');
  }
}, 200);
`;

export class Watchdog {
  private readonly counter = new Int32Array(new SharedArrayBuffer(4));
  private readonly thread: Worker;

  /** Ends the process where {@link tick} is not called for so many seconds; `describe` is what is said before. */
  constructor(seconds: number, describe: string) {
    this.thread = new Worker(SOURCE, {
      eval: true,
      workerData: { counter: this.counter, seconds, describe },
    });
    this.thread.unref();
  }

  tick(): void {
    Atomics.add(this.counter, 0, 1);
  }

  async stop(): Promise<void> {
    await this.thread.terminate();
  }
}
