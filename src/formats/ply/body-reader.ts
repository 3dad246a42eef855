/** What readers of a PLY body have in common. Types only. */
import type { Place } from '../../errors.js';
import type { ReadStart } from '../format.js';
import type { ElementPlan } from './plan.js';

/** Why a reader stopped: it needs bytes, a batch is full, or the element is complete. */
export type BodyPause = 'more' | 'batch' | 'done';

/** Reads the elements one after another, each as far as the window reaches. */
export interface BodyReader {
  /** Whole records of the element read so far. */
  readonly done: number;
  /** Where the record stands that is read. */
  readonly place: Place;
  /** Turns to the next element; `isLast` says that no data follows it. */
  begin(plan: ElementPlan, isLast: boolean): void;
  /** Goes on with a record in the middle of the element just begun, which stands where the window begins. */
  startAt(start: ReadStart): void;
  /** What it knows of the element, as plain data, where a batch was full or the element is complete. */
  save(): object;
  /** Goes on where another one was saved in the element just begun. */
  restore(memory: object): void;
  read(): BodyPause;
  /** Warns or throws where anything follows the last element. */
  finish(): BodyPause;
}

/** Reads the records of one element. */
export interface ElementReader {
  /** Records so far. May be set before the first one is read, by who begins in the middle. */
  done: number;
  /** Offset in the source of the record that is read. */
  readonly recordOffset: number;
  read(): BodyPause;
  /** Begins in the middle of a strip, of which so many numbers are left. */
  startInStrip?(left: number): void;
  /** Of one that stops within records: what it knows of the record that it is at. */
  save?(): object;
  restore?(memory: object): void;
}
