/** The entry point of a worker thread: it loads a role, handles requests one by one, and closes at the end. */
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { packError } from './errors.js';
import {
  type Home,
  type Order,
  type Role,
  Signal,
  Stopped,
  type ThreadData,
  type Work,
} from './pipeline/threads/roles/protocol.js';

type Begin = (options: never, home: Home<unknown>) => Work<never> | Promise<Work<never>>;

/** The roles, each loaded when it is needed. */
const ROLES: Readonly<Record<Role, () => Promise<{ begin: Begin }>>> = {
  parse: () => import('./pipeline/threads/roles/parse-role.js'),
  weld: () => import('./pipeline/threads/roles/weld-role.js'),
  complete: () => import('./pipeline/threads/roles/complete-role.js'),
  format: () => import('./pipeline/threads/roles/format-role.js'),
  scan: () => import('./pipeline/threads/roles/scan-role.js'),
  answer: () => import('./pipeline/threads/roles/answer-role.js'),
  convert: () => import('./pipeline/threads/roles/convert-role.js'),
  deal: () => import('./pipeline/threads/roles/deal-role.js'),
  measure: () => import('./pipeline/threads/roles/measure-role.js'),
  hash: () => import('./pipeline/threads/roles/hash-role.js'),
  watch: () => import('./pipeline/threads/roles/watch-role.js'),
};

const { signals, hasCompileCache } = workerData as ThreadData;
// Each thread has to turn it on for itself. It halves the time in which the code is loaded.
if (hasCompileCache) enableCompileCache();
const port = parentPort!;
let work: Work<never> | undefined;

const home: Home<unknown> = {
  send: (reply) => port.postMessage({ reply }),
  awaitTaken(count) {
    for (;;) {
      home.checkStop();
      const taken = Atomics.load(signals, Signal.Taken);
      if (taken >= count) return;
      Atomics.wait(signals, Signal.Taken, taken);
    }
  },
  checkStop() {
    if (Atomics.load(signals, Signal.Stop) === 1) throw new Stopped();
  },
};

/** Runs a step of the work; an error is sent to the main thread and ends this one. */
async function attempt(step: () => void | Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof Stopped)) port.postMessage({ error: packError(error) });
    end();
  }
}

function end(): void {
  port.close();
  work?.close();
  work = undefined;
}

async function follow(order: Order<unknown>): Promise<void> {
  if (order === 'stop') return end();
  if ('load' in order) return void (await ROLES[order.load]());
  if ('request' in order) return attempt(() => work?.handle(order.request as never));
  work?.close();
  work = undefined;
  const { begin } = await ROLES[order.role]();
  await attempt(async () => {
    work = await begin(order.options as never, home);
  });
}

let last: Promise<void> = Promise.resolve();
port.on('message', (order: Order<unknown>) => {
  last = last.then(() => follow(order));
});
