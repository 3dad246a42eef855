/**
 * A worker thread as the main thread sees it: it has a role, gets requests, and answers in order.
 *
 * The main thread never blocks on a worker, so that it always notices signals and a dying worker. A worker may block in
 * the middle of its work until its answers have been taken, which bounds the answers in transit.
 */
import { createRequire, getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { unpackError } from '../../errors.js';
import { type Letter, type Order, type Role, Signal, type ThreadData } from './roles/protocol.js';

/**
 * Finds the compiled program, even if the sources run uncompiled: a thread loads only what Node itself can load. Small
 * runs start no thread and need not search.
 */
function findEntry(): string {
  return createRequire(import.meta.url).resolve('#thread');
}

/**
 * Threads make little garbage, and a larger young generation would only be filled. V8 of Node 24 and later reserves
 * 512 MiB for the code of each thread, which a limit such as `ulimit -d` counts; offload needs less than 1 MiB.
 */
const LIMITS = { maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 16 };

/** In place of the options of a role: it is only loaded. */
const EARLY = Symbol('early');

export class Thread<Request, Reply> {
  private readonly worker: Worker;
  private readonly signals = new Int32Array(new SharedArrayBuffer(4 * Signal.Count));
  private readonly ended: Promise<void>;
  private readonly asked: { resolve: (reply: Reply) => void; reject: (error: unknown) => void }[] = [];
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  /**
   * Starts a thread; `receive` is called with each answer that belongs to no request. An error in `receive` counts as an
   * error of the thread.
   */
  constructor(role: Role, options: unknown, receive: (reply: Reply) => void = () => undefined) {
    const workerData: ThreadData = {
      signals: this.signals,
      hasCompileCache: getCompileCacheDir() !== undefined,
    };
    this.worker = new Worker(findEntry(), { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (letter: Letter<Reply>) => {
      if (this.failure !== undefined) return;
      if ('error' in letter) return this.fail(unpackError(letter.error));
      const asker = this.asked.shift();
      if (asker !== undefined) return asker.resolve(letter.reply);
      try {
        receive(letter.reply);
        this.wake();
      } catch (error) {
        this.fail(error);
      }
    });
    this.worker.on('error', (error) => this.fail(error));
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.fail(new Error(`a thread has ended with code ${code}`));
        resolve();
      });
    });
    if (options === EARLY) this.order({ load: role });
    else this.play(role, options);
  }

  /** Starts a thread that gets its role later, and loads the code of one meanwhile. */
  static early<Request, Reply>(role: Role): Thread<Request, Reply> {
    return new Thread(role, EARLY);
  }

  /** Gives the thread another role after all pending requests. */
  play(role: Role, options: unknown): void {
    this.order({ role, options });
  }

  post(request: Request): void {
    this.order({ request });
  }

  /** Posts a request that has one answer and resolves to it. Rejects with the error that ends the thread. */
  ask(request: Request): Promise<Reply> {
    const answer = new Promise<Reply>((resolve, reject) => {
      if (this.failure !== undefined) reject(this.failure.error);
      else this.asked.push({ resolve, reject });
    });
    // The caller gets the rejection when it awaits the promise, which may be later.
    answer.catch(() => undefined);
    this.post(request);
    return answer;
  }

  /** Waits until answers make `condition` true, for one caller at a time. Throws the error that has ended the thread. */
  async until(condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure.error;
      if (condition()) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Tells the thread that another of its answers has been taken. */
  acknowledge(): void {
    Atomics.add(this.signals, Signal.Taken, 1);
    Atomics.notify(this.signals, Signal.Taken);
  }

  /** Ends the thread and waits until its files are closed and its memory is free. */
  async stop(): Promise<void> {
    Atomics.store(this.signals, Signal.Stop, 1);
    this.acknowledge();
    this.order('stop');
    await this.ended;
  }

  private order(order: Order<Request>): void {
    this.worker.postMessage(order);
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    for (const { reject } of this.asked.splice(0)) reject(this.failure.error);
    this.wake();
  }
}

/**
 * Threads that take one role after another: restarting them, with modules and compilation, took a twentieth of a filtered
 * export. A caller that uses much memory between two roles stops them first.
 */
export class ThreadPool {
  private threads: Thread<unknown, unknown>[] = [];

  /** Starts `count` threads that load the code of a role, so that they are ready when it is known what they are to do. */
  prepare(role: Role, count: number): void {
    while (this.threads.length < count) this.threads.push(Thread.early(role));
  }

  /**
   * Gives `count` threads a role after all pending requests; returns a function that asks them in turn, or the one with a
   * number below `count`.
   */
  play<Request, Reply>(
    role: Role,
    options: unknown,
    count: number,
  ): (request: Request, thread?: number) => Promise<Reply> {
    for (const thread of this.threads) thread.play(role, options);
    while (this.threads.length < count) this.threads.push(new Thread(role, options));
    const threads = this.threads as Thread<Request, Reply>[];
    let turn = 0;
    return (request, thread = turn++ % count) => threads[thread]!.ask(request);
  }

  /** Stops all threads; another role starts new ones. */
  async stop(): Promise<void> {
    const stopping = this.threads.map((thread) => thread.stop());
    this.threads = [];
    await Promise.all(stopping);
  }
}
