/** What the main thread and the others say to each other, and the words of memory that they share. */
import type { PackedError } from '../../../errors.js';

export type Role = 'parse' | 'weld' | 'complete' | 'format' | 'scan' | 'answer' | 'watch';

/** What a thread is given to begin with. */
export interface ThreadData {
  /** {@link Signal.Count} words of shared memory. */
  readonly signals: Int32Array;
}

/** What a thread is told: to take up a role, which ends the one before, to deal with a request, to stop. */
export type Order<Request> =
  | { readonly role: Role; readonly options: unknown }
  | { readonly request: Request }
  | 'stop';

export enum Signal {
  /** 1 when the thread is to stop. */
  Stop,
  /** How many of its answers have been taken, where the role counts them. */
  Taken,
  Count,
}

/** What a thread sends: an answer, or the error that ends it. */
export type Letter<Reply> = { readonly reply: Reply } | { readonly error: PackedError };

/** What a role does: it handles requests, one after the other, until it is closed. */
export interface Work<Request> {
  handle(request: Request): void;
  close(): void;
}

/** What a role has of its thread. */
export interface Home<Reply> {
  send(reply: Reply): void;
  /** Waits until `count` answers have been taken in all. Throws {@link Stopped}. */
  awaitTaken(count: number): void;
  /** Throws {@link Stopped} where the thread is to stop: to be called now and then in long work. */
  checkStop(): void;
}

/** Ends the work of a thread that is no longer wanted. */
export class Stopped extends Error {}
