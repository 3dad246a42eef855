/** The interfaces of PLY body readers. Types only. */
import type { Place } from '../../errors.js';
import type { ReadStart } from '../format.js';
import type { ElementPlan } from './plan.js';

/** The reason why a reader stopped: it needs bytes, a batch is full, or the element is complete. */
export type BodyPause = 'more' | 'batch' | 'done';

/** Reads the elements in order, each as far as the window reaches. */
export interface BodyReader {
  /** Complete records of the element read so far. */
  readonly done: number;
  /** Place of the current record. */
  readonly place: Place;
  /** Moves to the next element; `isLast` means that no data follows it. */
  begin(plan: ElementPlan, isLast: boolean): void;
  /** Resumes at a record in the middle of the element just begun; the record is at the start of the window. */
  startAt(start: ReadStart): void;
  /** Returns the state within the element, as plain data, when a batch was full or the element is complete. */
  save(): object;
  /** Restores a state saved within the element just begun. */
  restore(memory: object): void;
  read(): BodyPause;
  /** Throws or warns if anything follows the last element. */
  finish(): BodyPause;
}

/** Reads the records of one element. */
export interface ElementReader {
  /** Records so far. May be set before the first read, to start in the middle. */
  done: number;
  /** Offset in the source of the current record. */
  readonly recordOffset: number;
  read(): BodyPause;
  /** Starts in the middle of a strip with `left` numbers left. */
  startInStrip?(left: number): void;
  /** For a reader that stops within records: the state within the current record. */
  save?(): object;
  restore?(memory: object): void;
}
