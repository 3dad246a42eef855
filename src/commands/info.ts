/** `offload info`: what is in a database. */
import type { Command } from 'commander';
import { countComponents } from '../database/filter/components.js';
import { listFilters, type SavedFilter } from '../database/filter/saved-filters.js';
import { countBoxes } from '../database/filter/spatial-index.js';
import {
  type AttributeCounts,
  MeshDatabase,
  type PartRow,
  type SourceRow,
} from '../database/mesh-database.js';
import { escapeControls } from '../formats/text.js';
import { formatBytes } from '../pipeline/forecast.js';
import { describeSaved } from './filter.js';
import { countOf, formatCount, formatPosition } from './terminal.js';

/** Parts shown on a terminal; --json has as many. */
const PARTS_MAX = 100;

export function addInfo(program: Command): void {
  program
    .command('info')
    .summary('say what is in a database')
    .description('Says what is in a database: counts, bounds, where it came from, its parts and sizes.')
    .argument('<db>', 'database that offload import has made')
    .option('--json', 'as one JSON object, for scripts')
    .addHelpText(
      'after',
      `
Examples:
  offload info scan.db
  offload info scan.db --json | jq .triangles`,
    )
    .action(info);
}

function info(path: string, options: { readonly json?: boolean }): void {
  const db = MeshDatabase.open(path);
  try {
    const facts = gatherFacts(db);
    process.stdout.write(options.json ? `${JSON.stringify(facts, undefined, 2)}\n` : describeFacts(facts));
  } finally {
    db.close();
  }
}

/** What `--json` prints; the names are part of the command's interface. */
interface Facts {
  readonly database: string;
  readonly bytes: number;
  readonly triangles: number;
  readonly vertices: number;
  readonly corners: number;
  /** Vertices per corner: 1 where nothing is shared, near 1/6 on closed surfaces. */
  readonly weldedRatio: number | null;
  readonly degenerate: number;
  /** Vertices that no triangle has. */
  readonly unreferenced: number;
  readonly attributes: AttributeCounts;
  readonly bounds: { readonly min: readonly number[]; readonly max: readonly number[] } | null;
  readonly sources: readonly (Omit<SourceRow, 'options' | 'warnings'> & {
    readonly options: unknown;
    readonly warnings: unknown;
  })[];
  /** Connected components and boxes of the R*Tree, 0 where they have not been asked for. */
  readonly components: number;
  readonly boxes: number;
  readonly filters: readonly SavedFilter[];
  readonly partCount: number;
  readonly parts: readonly PartRow[];
}

function gatherFacts(db: MeshDatabase): Facts {
  const triangles = db.countTriangles();
  const vertices = db.countVertices();
  const sources = db.sources();
  const first = sources[0]!;
  const { min_x, min_y, min_z, max_x, max_y, max_z } = first;
  return {
    database: db.path,
    bytes: db.size(),
    triangles,
    vertices,
    corners: 3 * triangles,
    weldedRatio: triangles === 0 ? null : vertices / (3 * triangles),
    degenerate: first.degenerate,
    unreferenced: first.unreferenced,
    attributes: db.countAttributes(),
    bounds:
      min_x === null
        ? null
        : { min: [min_x, min_y ?? 0, min_z ?? 0], max: [max_x ?? 0, max_y ?? 0, max_z ?? 0] },
    sources: sources.map((source) => ({
      ...source,
      options: JSON.parse(source.options) as unknown,
      warnings: JSON.parse(source.warnings) as unknown,
    })),
    components: db.ask(countComponents),
    boxes: db.ask(countBoxes),
    filters: db.ask(listFilters),
    partCount: db.countParts(),
    parts: db.parts(PARTS_MAX),
  };
}

function describeWeld({ vertices, corners, weldedRatio, sources }: Facts): string {
  if (weldedRatio === null) return 'no corners';
  const fileVertices = sources[0]?.file_vertices ?? null;
  const before = fileVertices === null ? countOf(corners, 'corner') : `${formatCount(fileVertices)} vertices`;
  return `${before} to ${countOf(vertices, 'vertex', 'vertices')}, ${weldedRatio.toFixed(3)} a corner`;
}

/** `500 vertex colours, 20 facet attribute words`; empty where there are none. */
function describeAttributes(counts: AttributeCounts): string {
  return [
    [counts.vertexColors, 'vertex colour'] as const,
    [counts.vertexNormals, 'vertex normal'] as const,
    [counts.triangleColors, 'triangle colour'] as const,
    [counts.stlAttributes, 'facet attribute word'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, what]) => countOf(count, what))
    .join(', ');
}

function describeFacts(facts: Facts): string {
  const { triangles, vertices, bounds } = facts;
  const lines: [string, string][] = [
    ['database', `${escapeControls(facts.database)}, ${formatBytes(facts.bytes)}`],
    [
      'triangles',
      `${formatCount(triangles)}${facts.degenerate > 0 ? `, ${formatCount(facts.degenerate)} degenerate` : ''}`,
    ],
    [
      'vertices',
      `${formatCount(vertices)}${facts.unreferenced > 0 ? `, ${formatCount(facts.unreferenced)} unreferenced` : ''}`,
    ],
    ['welded', describeWeld(facts)],
  ];
  const attributes = describeAttributes(facts.attributes);
  if (attributes !== '') lines.push(['attributes', attributes]);
  if (bounds !== null) {
    const isWide = facts.sources.some(({ precision }) => precision === 'float64');
    const precision = isWide ? 'float64' : 'float32';
    const [min, max] = [bounds.min, bounds.max].map((corner) => formatPosition(corner, precision));
    lines.push(['bounds', `${min} to ${max}`]);
  }
  for (const { path, format, encoding, precision, size, imported, sha256 } of facts.sources) {
    lines.push([
      'source',
      `${escapeControls(path)}, ${format} (${encoding}, ${precision}), ${formatBytes(size)}`,
    ]);
    lines.push(['', `imported ${imported}${sha256 === null ? '' : `, sha256 ${sha256}`}`]);
  }
  for (const { id, name, kind, triangles: count } of facts.parts) {
    lines.push(['part', `${id}  ${kind} '${escapeControls(name)}'  ${countOf(count, 'triangle')}`]);
  }
  if (facts.partCount > facts.parts.length) {
    lines.push(['', `and ${countOf(facts.partCount - facts.parts.length, 'more part')}, in the table parts`]);
  }
  if (facts.components > 0) lines.push(['components', formatCount(facts.components)]);
  if (facts.boxes > 0) lines.push(['index', `R*Tree of ${countOf(facts.boxes, 'box', 'boxes')}`]);
  for (const saved of facts.filters) lines.push(['filter', describeSaved(saved).trimEnd()]);
  return lines.map(([label, text]) => `${label.padEnd(10)} ${text}\n`).join('');
}
