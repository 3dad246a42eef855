/** How soon the page knows what a filter keeps: its server is asked as the page does, and SQLite for the same count. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CLI } from './command.js';
import { writePillow } from './encode.js';
import type { Pillow } from './generate.js';
import { type Invocation, measure } from './measure.js';
import { median } from './rates.js';

export interface PageRow {
  readonly where: string;
  /** Median of the runs. */
  readonly seconds: number;
  /** Median of the runs' ratios to a count in SQLite, in the same run. */
  readonly ratio: number;
}

/** Conditions on coordinates, a measure and a normal. The number differs a little in each run, so that no answer is known. */
const CONDITIONS: readonly ((number: number) => string)[] = [
  (number) => `max_y > ${number}`,
  (number) => `area > ${0.005 + number}`,
  (number) => `normal_y > ${0.5 + number}`,
];

/** Counts what each condition keeps `runs` times in turn, after one to warm up, with the page's server running. */
export async function measurePage(pillow: Pillow, runs: number, folder: string): Promise<PageRow[]> {
  const [input, database] = ['page.stl', 'page.db'].map((name) => join(folder, name)) as [string, string];
  writePillow(input, pillow, 'stl', 'grid');
  await insist('import', input, database);
  await insist('index', database, '--tiles');
  const db = new Database(database, { readonly: true });
  const server = await openServer(database);
  const seconds = CONDITIONS.map((): [page: number, sqlite: number][] => []);
  try {
    for (let run = -1; run < runs; run++) {
      for (const [k, conditionOf] of CONDITIONS.entries()) {
        const where = conditionOf((run + 2) / 1e6);
        const page = await time(() => server.count(where));
        const sql = `SELECT count(*) FROM triangle_measures WHERE ${where}`;
        const sqlite = await time(() => db.prepare(sql).pluck().get() as number);
        if (page.result !== sqlite.result)
          throw new Error(`${where}: the page counts ${page.result}, SQLite ${sqlite.result}`);
        if (run >= 0) seconds[k]!.push([page.seconds, sqlite.seconds]);
      }
    }
  } finally {
    db.close();
    await server.close();
  }
  return CONDITIONS.map((conditionOf, k) => ({
    where: conditionOf(0),
    seconds: median(seconds[k]!.map(([page]) => page)),
    ratio: median(seconds[k]!.map(([page, sqlite]) => page / sqlite)),
  }));
}

async function insist(...args: string[]): Promise<void> {
  const invocation: Invocation = { program: process.execPath, args: [CLI, ...args, '--quiet'], peak: 'none' };
  const { failure } = await measure(invocation);
  if (failure !== undefined) throw new Error(`offload ${args.join(' ')}: ${failure}`);
}

async function time<T>(action: () => T | Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now();
  const result = await action();
  return { result, seconds: (performance.now() - began) / 1000 };
}

/** Starts `offload view`, and waits until it has opened the mesh. */
async function openServer(database: string) {
  const child = spawn(process.execPath, [CLI, 'view', database, '--no-open', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const { origin, hash } = new URL(await readUrl(child));
  const authorization = `Bearer ${new URLSearchParams(hash.slice(1)).get('token')}`;
  const ask = (path: string, body?: object) =>
    fetch(origin + path, {
      method: body === undefined ? 'GET' : 'POST',
      // Between two questions, SQLite takes longer than the server keeps a connection.
      headers: { authorization, 'content-type': 'application/json', connection: 'close' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  while (!(await ask('/api/mesh')).ok) await new Promise((go) => setTimeout(go, 20));
  return {
    async count(where: string): Promise<number> {
      const answer = await ask('/api/sets', { where: [where] });
      if (!answer.ok) throw new Error(`${where}: ${await answer.text()}`);
      return ((await answer.json()) as { triangles: number }).triangles;
    },
    async close(): Promise<void> {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await closed;
      process.off('exit', stop);
    },
  };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const url = /http:\S+/.exec(printed)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once('close', () => reject(new Error('offload view ended before it printed its URL')));
  });
}
