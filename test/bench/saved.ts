/** A table that an earlier version saved, to compare with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IN_MEMORY } from './others.js';
import { median } from './rates.js';
import type { Row } from './run-case.js';

export interface SavedRows {
  readonly version: string;
  /** Median seconds by input and command. */
  readonly seconds: ReadonlyMap<string, number>;
}

/** What the speed of the machine is taken from, if both tables have it. */
const YARDSTICK = key('stl grid', IN_MEMORY);

function key(input: string, command: string): string {
  return `${input}, ${command}`;
}

/** Reads the rows of `file` in `folder`. Throws Error if there is none, naming the other results. */
export function readSaved(folder: string, file: string, version: string): SavedRows {
  const present = readdirSync(folder).filter((name) => name.endsWith('.md'));
  if (!present.includes(file)) throw new Error(`no result '${file}'; expected one of ${present.join(', ')}`);
  return { version, seconds: parseRows(readFileSync(join(folder, file), 'utf8')) };
}

/** The medians in a saved table, whose columns have two blanks or more between them. */
export function parseRows(text: string): Map<string, number> {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => /^input +command +median s/.test(line)) + 1;
  const seconds = new Map<string, number>();
  if (begin === 0) return seconds;
  for (const line of lines.slice(begin)) {
    if (line === '') break;
    const [input, command, middle] = line.split(/ {2,}/);
    const value = Number(middle);
    if (value > 0) seconds.set(key(input!, command!), value);
  }
  return seconds;
}

/**
 * How the time of a row relates to the saved one; undefined for a row that is not in both. If both tables have the yardstick
 * in memory, times are divided by its time first, since the machine may be slower today.
 */
export function relateRows(rows: readonly Row[], saved: SavedRows): (row: Row) => number | undefined {
  const nameRow = ({ input, command }: Row) => key(input, command);
  const yardstick = rows.find((row) => nameRow(row) === YARDSTICK && row.seconds.length > 0);
  const savedYardstick = saved.seconds.get(YARDSTICK);
  const speed = yardstick && savedYardstick ? savedYardstick / median(yardstick.seconds) : 1;
  return (row) => {
    const before = saved.seconds.get(nameRow(row));
    return before === undefined ? undefined : (speed * median(row.seconds)) / before;
  };
}
