/** Answers a query of the user, as rows for a grid or as CSV, on a connection that only reads. */

import { nameLine } from '../../database/sql/lines.js';
import type { SessionValue, SqlQuery } from '../../database/sql/query.js';
import { SqlSession } from '../../database/sql/session.js';
import { UsageError } from '../../errors.js';
import { openOutput } from '../../io/output/output-file.js';
import { planQuerying } from '../../memory/plans.js';
import { withMemoryLimit } from '../../pipeline/threads/memory-watch.js';
import type { SqlColumn, SqlLine, WireValue } from '../wire/sql.js';
import type { JobHome, SqlJob } from './job.js';

/** The most rows and characters that a page gets; a CSV file has all. */
export const ROWS_MAX = 100_000;
const CHARACTERS_MAX = 64 * 2 ** 20;
/** Characters collected before they are sent, and the longest time that a row waits, in milliseconds. */
const CHUNK = 65_536;
const WAIT_MS = 50;
/** The most characters of a text and bytes of a blob that a page gets. */
const TEXT_MAX = 1000;
const BLOB_MAX = 100;

type Send = (line: SqlLine) => Promise<void>;

export async function run(job: SqlJob, { parent, send: tell }: JobHome): Promise<void> {
  const { database, query: text, format, memoryBytes } = job;
  const output = await openOutput('-', false);
  const send: Send = (line) => output.write(Buffer.from(`${JSON.stringify(line)}\n`));
  await withMemoryLimit(
    memoryBytes,
    '',
    async () => {
      const session = SqlSession.open(database, planQuerying({ memoryBytes }));
      try {
        const began = performance.now();
        const answer = session.ask(text);
        if (!('query' in answer)) throw new Error('a query that changes something was not refused');
        await send({ columns: describeColumns(answer.query) });
        const { rows, isCut } = await (format === 'csv' ? sendCsv : sendRows)(answer.query, send);
        await send({ end: { rows, isCut, milliseconds: performance.now() - began } });
      } catch (error) {
        if (error instanceof UsageError) {
          const span = session.findSpan(text, error);
          if (span !== undefined) tell({ span });
        }
        throw error;
      } finally {
        session.close();
      }
    },
    parent,
  );
}

function describeColumns({ columns, origins }: SqlQuery): SqlColumn[] {
  return columns.map((name, k) => ({ name, isTriangle: isTriangle(name, origins[k]!) }));
}

/** Whether a column has ids of triangles: by the column that it shows, else by its name. */
function isTriangle(name: string, origin: string | null): boolean {
  if (origin === 'triangles.id' || /^triangle(?:_id)?$/i.test(name)) return true;
  return origin === null && /^id$/i.test(name);
}

async function sendRows(query: SqlQuery, send: Send): Promise<{ rows: number; isCut: boolean }> {
  let rows = 0;
  let characters = 0;
  let held: WireValue[][] = [];
  let size = 0;
  let sent = performance.now();
  const flush = async () => {
    await send({ rows: held });
    characters += size;
    held = [];
    size = 0;
    sent = performance.now();
  };
  let isCut = false;
  for (const row of query.rows()) {
    if (rows === ROWS_MAX || characters + size >= CHARACTERS_MAX) {
      isCut = true;
      break;
    }
    rows++;
    const values = row.map(toWire);
    held.push(values);
    for (const value of values) size += sizeOf(value);
    if (size >= CHUNK || performance.now() - sent >= WAIT_MS) await flush();
  }
  if (held.length > 0) await flush();
  return { rows, isCut };
}

async function sendCsv(query: SqlQuery, send: Send): Promise<{ rows: number; isCut: boolean }> {
  let text = `${nameLine(query.columns, 'csv')}\n`;
  let rows = 0;
  for (const line of query.lines('csv')) {
    text += `${line}\n`;
    rows++;
    if (text.length < CHUNK) continue;
    await send({ csv: text });
    text = '';
  }
  if (text !== '') await send({ csv: text });
  return { rows, isCut: false };
}

function toWire(value: SessionValue): WireValue {
  if (value === null) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : { integer: String(value) };
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : { real: value > 0 ? 'Inf' : '-Inf' };
  }
  const { length } = value;
  if (typeof value === 'string') {
    return length <= TEXT_MAX ? value : { text: value.slice(0, TEXT_MAX), length };
  }
  return { blob: Buffer.from(value.subarray(0, BLOB_MAX)).toString('hex').toUpperCase(), length };
}

/** About the characters of a value in JSON. */
function sizeOf(value: WireValue): number {
  if (typeof value === 'string') return value.length + 3;
  return typeof value === 'object' && value !== null && 'text' in value ? value.text.length + 30 : 20;
}
