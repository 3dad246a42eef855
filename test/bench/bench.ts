/**
 * The benchmark: `npm run bench`, or `npm run bench -- --triangles 10M --only shuffled`. Results go to standard
 * output, what it is doing to standard error.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, findOnPath, PEERS } from './cases.js';
import { sizePillow } from './generate.js';
import { compileInMemory } from './in-memory.js';
import { describeMachine } from './machine.js';
import { measureNumbers } from './numbers.js';
import { measureReaders } from './readers.js';
import { type Row, runCase } from './run-case.js';
import { explainRows, formatRates, formatReaders, formatRows } from './table.js';
import { measureTables } from './tables.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const HELP = `usage: npm run bench -- [options]

  --triangles <n>   size of the mesh, such as 300k or 10M (default: 1M)
  --runs <n>        runs that count, after one to warm up (default: 3)
  --only <text>     only rows whose input and command have this text, such as
                    'stl grid', shuffled, export, numbers, tables,
                    readers; may be repeated
  --json            raw figures instead of a table
  --save            also write the table to test/bench/results; not with
                    --only, or rows would be lost
  --keep-files      leave the files, and say where
`;

/** `300k`, `10M` or a plain count. */
function parseCount(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  if (match === null) throw new Error(`not a count: '${text}'; expected one such as 300k or 10M`);
  return Math.round(Number(match[1]) * { '': 1, k: 1e3, M: 1e6 }[match[2] as '' | 'k' | 'M']);
}

function parseOptions() {
  const { values } = parseArgs({
    options: {
      triangles: { type: 'string', default: '1M' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      'keep-files': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.save && values.only.length > 0) {
    throw new Error('--save replaces all rows of a size, and --only leaves rows out; expected one of them');
  }
  return { ...values, triangles: parseCount(values.triangles), runs: Math.max(1, parseCount(values.runs)) };
}

async function main(options: ReturnType<typeof parseOptions>): Promise<void> {
  const { runs, only } = options;
  const pillow = sizePillow(options.triangles);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const { cpu, line } = describeMachine();
  const matches = (text: string) => only.length === 0 || only.some((part) => text.includes(part));

  const keepsFiles = options['keep-files'];
  const folder = mkdtempSync(join(tmpdir(), 'offload-bench-'));
  process.once('exit', () => {
    if (!keepsFiles) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (keepsFiles) say(`files stay in ${folder}`);

  const inMemory = compileInMemory(join(ROOT, 'test', 'bench', 'in-memory.cpp'), folder, say);
  const rows: Row[] = [];
  for (const item of CASES) {
    const isWanted = (command: { readonly name: string; readonly role: string }) =>
      command.role === 'yardstick' || matches(`${item.name} ${command.name}`);
    rows.push(...(await runCase(item, { folder, pillow, runs, inMemory, keepsFiles, isWanted, say })));
  }
  const rateRuns = Math.max(runs, 5);
  const numbers = matches('numbers') ? measureNumbers(rateRuns) : [];
  const tables = matches('tables') ? measureTables(rateRuns, join(folder, 'tables')) : [];

  const readers = matches('readers') ? await measureReaders(pillow, rateRuns, folder) : [];

  const { triangles, vertices } = pillow;
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ version, machine: line, triangles, vertices, runs, rows, numbers, tables, readers }, undefined, 2)}\n`,
    );
  }
  const count = (value: number) => value.toLocaleString('en-US');
  const present = PEERS.map(({ name }) => name).filter((name) => findOnPath(name) !== undefined);
  const title = `offload ${version}, ${count(triangles)} triangles, ${count(vertices)} vertices`;
  const blocks = [`${title}\n${line}`];
  if (rows.length > 0)
    blocks.push(formatRows(rows, triangles), explainRows(runs, present, inMemory !== undefined));
  if (numbers.length > 0) blocks.push(formatRates('numbers', numbers));
  if (tables.length > 0) blocks.push(formatRates('rows of tables', tables));
  if (readers.length > 0) blocks.push(formatReaders(readers, triangles));
  const table = `${blocks.join('\n\n')}\n`;
  if (!options.json) process.stdout.write(table);
  if (options.save) {
    const results = join(ROOT, 'test', 'bench', 'results');
    mkdirSync(results, { recursive: true });
    const machine = cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const size = triangles >= 1e6 ? `${Math.round(triangles / 1e6)}m` : `${Math.round(triangles / 1e3)}k`;
    writeFileSync(join(results, `${version}-${machine}-${size}.md`), `\`\`\`text\n${table}\`\`\`\n`);
  }
  if (rows.some(({ role, failure }) => role === 'own' && failure !== undefined)) process.exitCode = 1;
}

let options: ReturnType<typeof parseOptions>;
try {
  options = parseOptions();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(2);
}
if (options.help) process.stdout.write(HELP);
else await main(options);
