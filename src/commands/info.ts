/** `offload info`: the content of a database in numbers and pictures. */

import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { MeshDatabase } from '../database/mesh-database.js';
import { UsageError } from '../errors.js';
import { outputName } from '../io/output/output-check.js';
import { openOutput } from '../io/output/output-file.js';
import type { MeshSurvey } from '../pipeline/survey-mesh.js';
import { escapeControls } from '../wording.js';
import { drawPage, type Page } from './describe/draw-page.js';
import { drawHistogram, type Histogram, listHistograms } from './describe/histogram.js';
import { describeMeshFacts, gatherMeshFacts, type MeshFacts, tabulateParts } from './describe/mesh-facts.js';
import { addCommonOptions, type CommonOptions } from './options/options.js';
import { checkLineEnd } from './options/output-name.js';
import { withInterrupts } from './terminal/interrupt.js';
import { alignColumns, Terminal } from './terminal/terminal.js';

/** The most parts listed on a page. */
const PAGE_PARTS = 12;

interface InfoOptions extends CommonOptions {
  readonly json?: boolean;
  readonly plots?: boolean;
  readonly svg?: string;
  readonly tmp?: string;
}

export function addInfo(program: Command): void {
  const command = program
    .command('info')
    .summary('describe a database')
    .description('Describes a database: counts, bounds, sources, parts and size.')
    .argument('<db>', 'database made by offload import')
    .option('--json', 'print JSON instead of text')
    .option('--plots', 'add histograms of areas, sides and degrees; reads all triangles')
    .option('--svg <file>', 'draw these and three views of the mesh as SVG; - for standard output')
    .addHelpText(
      'after',
      `
Examples:
  offload info scan.db
  offload info scan.db --plots
  offload info scan.db --svg scan.svg
  offload info scan.db --json | jq .triangles`,
    );
  addCommonOptions(command, { usesThreads: false })
    .option('--tmp <folder>', 'folder for temporary files (default: beside the database)')
    .action(info);
}

async function info(path: string, options: InfoOptions): Promise<void> {
  const { json = false, plots = false } = options;
  const svg = options.svg === undefined ? undefined : outputName(options.svg);
  if (svg === '-' && json)
    throw new UsageError('--json and --svg - both write to standard output; expected one');
  checkPictureName(checkLineEnd(svg));
  const facts = readFacts(path);
  const page = svg === undefined ? undefined : await openOutput(svg, options.force ?? false, 'none');
  try {
    const surveyed = plots || page !== undefined ? await survey(path, options) : undefined;
    const histograms = surveyed === undefined ? [] : listHistograms(surveyed);
    if (svg !== '-') {
      const shown = plots ? histograms : [];
      process.stdout.write(json ? toJson(facts, shown) : toText(facts, shown));
    }
    if (page === undefined || surveyed === undefined) return;
    await page.write(Buffer.from(drawPage(toPage(path, facts, surveyed.views, histograms))));
    await page.commit();
  } finally {
    await page?.discard();
  }
}

/** Throws UsageError if the picture has another extension than .svg. */
function checkPictureName(path: string | undefined): void {
  const ending = path === undefined || path === '-' ? '' : extname(path);
  if (ending === '' || ending.toLowerCase() === '.svg') return;
  throw new UsageError(`${path}: ends in ${ending}, but the output is SVG; expected .svg`);
}

function readFacts(path: string): MeshFacts {
  const db = MeshDatabase.open(path);
  try {
    return gatherMeshFacts(db);
  } finally {
    db.close();
  }
}

async function survey(path: string, options: InfoOptions): Promise<MeshSurvey> {
  // Loaded on demand: loading takes a while, and most calls do not need it.
  const { surveyMesh } = await import('../pipeline/survey-mesh.js');
  const terminal = new Terminal(options);
  const running = { memoryBytes: options.memory, tempFolder: options.tmp, ...terminal.listeners() };
  try {
    return await withInterrupts((signal) => surveyMesh(path, { ...running, signal }));
  } finally {
    terminal.clear();
  }
}

function toJson(facts: MeshFacts, histograms: readonly Histogram[]): string {
  const plots = Object.fromEntries(histograms.map(({ name, rows }) => [name, rows]));
  return `${JSON.stringify(histograms.length > 0 ? { ...facts, plots } : facts, undefined, 2)}\n`;
}

function toText(facts: MeshFacts, histograms: readonly Histogram[]): string {
  const lines = describeMeshFacts(facts).map(([label, text]) => `${label.padEnd(10)} ${text}\n`);
  const { heads, rows } = tabulateParts(facts);
  const parts = rows.length > 0 ? [`\n${alignColumns([heads, ...rows])}`] : [];
  return [...lines, ...parts, ...histograms.map((one) => `\n${drawHistogram(one)}`)].join('');
}

function toPage(
  path: string,
  facts: MeshFacts,
  views: MeshSurvey['views'],
  histograms: readonly Histogram[],
): Page {
  return {
    title: escapeControls(basename(path)),
    facts: describeMeshFacts(facts),
    parts: tabulateParts(facts, PAGE_PARTS),
    views,
    histograms,
  };
}
