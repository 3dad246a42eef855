/** The messages between the main thread and worker threads, and the words of memory that they share. */
import type { PackedError } from '../../../errors.js';

export type Role =
  | 'parse'
  | 'weld'
  | 'complete'
  | 'format'
  | 'scan'
  | 'answer'
  | 'convert'
  | 'deal'
  | 'hash'
  | 'measure'
  | 'watch';

/** The data a thread starts with. */
export interface ThreadData {
  /** {@link Signal.Count} words of shared memory. */
  readonly signals: Int32Array;
  /** Whether it loads compiled code from Node's cache, as the main thread does. */
  readonly hasCompileCache: boolean;
}

/** An order to a thread: load a role for later; take a role, which ends the one before; handle a request; stop. */
export type Order<Request> =
  | { readonly load: Role }
  | { readonly role: Role; readonly options: unknown }
  | { readonly request: Request }
  | 'stop';

export enum Signal {
  /** 1 if the thread must stop. */
  Stop,
  /** The number of its answers taken, if the role counts them. */
  Taken,
  Count,
}

/** A message of a thread: an answer, or the error that ends it. */
export type Letter<Reply> = { readonly reply: Reply } | { readonly error: PackedError };

/** The work of a role: it handles requests one by one until it is closed. */
export interface Work<Request> {
  handle(request: Request): void | Promise<void>;
  close(): void;
}

/** The thread as its role sees it. */
export interface Home<Reply> {
  send(reply: Reply): void;
  /** Waits until `count` answers in total have been taken. Throws {@link Stopped}. */
  awaitTaken(count: number): void;
  /** Throws {@link Stopped} if the thread must stop; call it regularly during long work. */
  checkStop(): void;
}

/** Ends the work of a thread that is no longer needed. */
export class Stopped extends Error {}
