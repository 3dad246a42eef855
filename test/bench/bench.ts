/**
 * The benchmark: `npm run bench`, `npm run bench -- --triangles 10M --only shuffled`, or with --curve, --nodes
 * or --overflow instead of cases.
 * Results go to standard output, what it is doing to standard error.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatCount } from '../../src/wording.js';
import { CASES } from './cases.js';
import { listPoints, measureCurve } from './curve.js';
import { drawCurve } from './draw-curve.js';
import { sizePillow } from './generate.js';
import { compileInMemory } from './in-memory.js';
import { describeMachine } from './machine.js';
import { measureNodes } from './nodes.js';
import { measureNumbers } from './numbers.js';
import { findOnPath, PEERS } from './others.js';
import { measureOverflow, OVERFLOW_TRIANGLES } from './overflow.js';
import { measurePage } from './page.js';
import { measureReaders } from './readers.js';
import { type CaseOptions, type Row, runCase } from './run-case.js';
import { readSaved } from './saved.js';
import { measureStarts } from './starts.js';
import {
  explainCurve,
  explainNodes,
  explainOverflow,
  explainRows,
  formatCurve,
  formatNodes,
  formatOverflow,
  formatPage,
  formatRates,
  formatReaders,
  formatRows,
  formatStarts,
} from './table.js';
import { measureTables } from './tables.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RESULTS = join(ROOT, 'test', 'bench', 'results');

const HELP = `usage: npm run bench -- [options]

  --triangles <n>   size of the mesh, such as 300k or 10M (default: 1M, with
                    --overflow 30M)
  --runs <n>        runs that count, after one to warm up (default: 3)
  --only <text>     only rows whose input and command have this text, such as
                    'stl grid', shuffled, export, numbers, tables,
                    readers, starts, page; may be repeated
  --curve           instead: time and memory of converting binary STL, as
                    the mesh grows; 1 run unless --runs says more
  --sizes <n,n>     sizes for the curve (default: 1M,3M,10M,30M)
  --nodes           instead: a few commands on each version of Node
  --overflow        instead: convert a shuffled mesh with little memory,
                    against the same mesh in scan order; 1 run unless --runs
                    says more
  --compare <v>     add a column of times against the saved result of version
                    <v> on this kind of processor; if both have the C++
                    program, relative to its time
  --json            raw figures instead of a table
  --save            also write the table to test/bench/results, and of the
                    curve a picture; not with --only, or rows would be lost
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
      triangles: { type: 'string' },
      runs: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      curve: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      nodes: { type: 'boolean', default: false },
      overflow: { type: 'boolean', default: false },
      compare: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      'keep-files': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { curve, overflow, only, sizes = '1M,3M,10M,30M' } = values;
  const { triangles = overflow ? `${OVERFLOW_TRIANGLES}` : '1M', runs = curve || overflow ? '1' : '3' } =
    values;
  if (values.save && only.length > 0) {
    throw new Error('--save replaces all rows of a size, and --only leaves rows out; expected one of them');
  }
  if (curve && (only.length > 0 || values.triangles !== undefined)) {
    throw new Error('--curve has its own rows; expected neither --only nor --triangles with it');
  }
  if (values.nodes && (curve || only.length > 0)) {
    throw new Error('--nodes has its own rows; expected neither --only nor --curve with it');
  }
  if (overflow && (curve || values.nodes || only.length > 0)) {
    throw new Error('--overflow has its own rows; expected none of --only, --curve and --nodes with it');
  }
  if (values.compare !== undefined && (curve || values.nodes || overflow)) {
    throw new Error('--compare is for the cases; expected none of --curve, --nodes and --overflow with it');
  }
  if (!curve && values.sizes !== undefined) throw new Error('--sizes is for --curve');
  const size = parseCount(triangles);
  const { compare } = values;
  const saved =
    compare === undefined
      ? undefined
      : readSaved(RESULTS, `${compare}-${describeMachine().cpu}-${nameSize(size)}.md`, compare);
  return {
    ...values,
    saved,
    triangles: size,
    sizes: sizes.split(',').map(parseCount),
    runs: Math.max(1, parseCount(runs)),
  };
}

type Options = ReturnType<typeof parseOptions>;
type Workplace = Pick<CaseOptions, 'folder' | 'runs' | 'inMemory' | 'keepsFiles' | 'say'>;

/** What a benchmark has found. */
interface Findings {
  /** What stands behind the version in the title. */
  readonly title: string;
  /** What the names of its results end with. */
  readonly suffix: string;
  readonly rows: readonly Row[];
  /** For `--json`. */
  readonly figures: object;
  /** Tables and what explains them. */
  readonly blocks: readonly string[];
  /** An SVG. */
  readonly picture?: string;
}

/** What the names of results end with. */
function nameSize(triangles: number): string {
  return triangles >= 1e6 ? `${Math.round(triangles / 1e6)}m` : `${Math.round(triangles / 1e3)}k`;
}

/** Every case at one size. */
async function benchCases(options: Options, workplace: Workplace): Promise<Findings> {
  const { folder, runs, inMemory } = workplace;
  const pillow = sizePillow(options.triangles);
  const { triangles, vertices } = pillow;
  const matches = (text: string) =>
    options.only.length === 0 || options.only.some((part) => text.includes(part));

  const rows: Row[] = [];
  for (const item of CASES) {
    const isWanted = (command: { readonly name: string; readonly role: string }) =>
      command.role === 'yardstick' || matches(`${item.name} ${command.name}`);
    rows.push(...(await runCase(item, { ...workplace, pillow, isWanted })));
  }
  const rateRuns = Math.max(runs, 5);
  const numbers = matches('numbers') ? measureNumbers(rateRuns) : [];
  const tables = matches('tables') ? measureTables(rateRuns, join(folder, 'tables')) : [];
  const readers = matches('readers') ? await measureReaders(pillow, rateRuns, folder) : [];
  const starts = matches('starts') ? await measureStarts(rateRuns, join(folder, 'starts')) : [];
  const page = matches('page') ? await measurePage(pillow, rateRuns, folder) : [];

  const present = PEERS.map(({ name }) => name).filter((name) => findOnPath(name) !== undefined);
  const blocks: string[] = [];
  if (rows.length > 0) {
    blocks.push(
      formatRows(rows, triangles, options.saved),
      explainRows(runs, present, inMemory !== undefined),
    );
  }
  if (numbers.length > 0) blocks.push(formatRates('numbers', numbers));
  if (tables.length > 0) blocks.push(formatRates('rows of tables', tables));
  if (readers.length > 0) blocks.push(formatReaders(readers, triangles));
  if (starts.length > 0) blocks.push(formatStarts(starts));
  if (page.length > 0) blocks.push(formatPage(page));
  return {
    title: `${formatCount(triangles)} triangles, ${formatCount(vertices)} vertices`,
    suffix: nameSize(options.triangles),
    rows,
    figures: { triangles, vertices, runs, rows, numbers, tables, readers, starts, page },
    blocks,
  };
}

/** The same few commands at several sizes. */
async function benchCurve({ sizes }: Options, workplace: Workplace): Promise<Findings> {
  const { runs, inMemory } = workplace;
  const rows = await measureCurve(sizes, workplace);
  const points = listPoints(rows);
  return {
    title: 'as the mesh grows',
    suffix: 'curve',
    rows,
    figures: { runs, rows },
    blocks: [formatCurve(rows), explainCurve(runs, inMemory !== undefined)],
    ...(points.length > 0 && { picture: drawCurve(points) }),
  };
}

/** A few commands on each version of Node. */
async function benchNodes({ triangles }: Options, { folder, runs, say }: Workplace): Promise<Findings> {
  const rows = await measureNodes(sizePillow(triangles), { root: ROOT, folder, runs, say });
  return {
    title: 'on versions of Node',
    suffix: `nodes-${nameSize(triangles)}`,
    rows: [],
    figures: { triangles, runs, rows },
    blocks: [formatNodes(rows), explainNodes(runs)],
  };
}

/** A mesh whose tables do not fit in memory. */
async function benchOverflow({ triangles: size }: Options, workplace: Workplace): Promise<Findings> {
  const { runs } = workplace;
  const pillow = sizePillow(size);
  const { triangles } = pillow;
  const rows = await measureOverflow(pillow, workplace);
  return {
    title: `${formatCount(triangles)} triangles in two orders, with little memory`,
    suffix: `overflow-${nameSize(size)}`,
    rows,
    figures: { triangles, runs, rows },
    blocks: [formatOverflow(rows, triangles), explainOverflow(runs)],
  };
}

async function main(options: Options): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const { cpu, line } = describeMachine();
  const { runs, 'keep-files': keepsFiles } = options;
  const folder = mkdtempSync(join(tmpdir(), 'offload-bench-'));
  process.once('exit', () => {
    if (!keepsFiles) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (keepsFiles) say(`files stay in ${folder}`);

  const inMemory = compileInMemory(join(ROOT, 'test', 'bench', 'in-memory.cpp'), folder, say);
  const workplace = { folder, runs, inMemory, keepsFiles, say };
  const findings = await (options.curve
    ? benchCurve(options, workplace)
    : options.nodes
      ? benchNodes(options, workplace)
      : options.overflow
        ? benchOverflow(options, workplace)
        : benchCases(options, workplace));

  const { title, suffix, rows, figures, blocks, picture } = findings;
  const table = `${[`offload ${version}, ${title}\n${line}`, ...blocks].join('\n\n')}\n`;
  const json = () => `${JSON.stringify({ version, machine: line, ...figures }, undefined, 2)}\n`;
  process.stdout.write(options.json ? json() : table);
  if (options.save) {
    mkdirSync(RESULTS, { recursive: true });
    const name = `${version}-${cpu}-${suffix}`;
    writeFileSync(join(RESULTS, `${name}.md`), `\`\`\`text\n${table}\`\`\`\n`);
    if (picture !== undefined) writeFileSync(join(RESULTS, `${name}.svg`), picture);
  }
  if (rows.some(({ role, failure }) => role === 'own' && failure !== undefined)) process.exitCode = 1;
}

let options: Options;
try {
  options = parseOptions();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(2);
}
if (options.help) process.stdout.write(HELP);
else await main(options);
