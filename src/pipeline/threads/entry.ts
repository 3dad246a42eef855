/** Where a thread begins: it takes up its role, deals with one request after the other, and closes at the end. */
import { parentPort, workerData } from 'node:worker_threads';
import { packError } from '../../errors.js';
import { type Home, type Role, Signal, STOP, Stopped, type ThreadData, type Work } from './protocol.js';

type Begin = (options: never, home: Home<unknown>) => Work<never>;

/** Loaded when they are played: a thread has one. */
const ROLES: Readonly<Record<Role, () => Promise<{ begin: Begin }>>> = {
  parse: () => import('./parse-role.js'),
  weld: () => import('./weld-role.js'),
  format: () => import('./format-role.js'),
  scan: () => import('./scan-role.js'),
};

const { role, options, signals } = workerData as ThreadData;
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

/** Takes a step of the work; an error is sent home and ends the thread. */
function attempt(step: () => void): void {
  try {
    step();
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

ROLES[role]().then(({ begin }) => {
  attempt(() => {
    work = begin(options as never, home);
  });
  port.on('message', (request: unknown) => {
    if (request === STOP) end();
    else attempt(() => work?.handle(request as never));
  });
});
