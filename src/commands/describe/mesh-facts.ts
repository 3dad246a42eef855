/** The content of a database, gathered and in words. */

import { countComponents } from '../../database/components.js';
import type { AttributeCounts, MeshDatabase, PartRow, SourceRow } from '../../database/mesh-database.js';
import { countBoxes } from '../../database/spatial-index.js';
import { listFilters, type SavedFilter } from '../../filter/saved-filters.js';
import { isLengthUnit } from '../../geometry/transform.js';
import { countTiles } from '../../tiles/tile-store.js';
import { countOf, escapeControls, formatBytes, formatCount } from '../../wording.js';
import { describeSaved } from '../filter.js';
import { formatPosition } from '../terminal/terminal.js';

/** The most parts listed, in text and JSON. */
const PARTS_MAX = 100;
/** The most sources listed in JSON, and in text. */
const SOURCES_MAX = 100;
const SOURCE_LINES_MAX = 5;

/** The facts that `--json` prints; the names are part of the command's interface. */
export interface MeshFacts {
  readonly database: string;
  readonly bytes: number;
  readonly triangles: number;
  readonly vertices: number;
  readonly corners: number;
  /** Vertices per corner: 1 if nothing is shared, near 1/6 on closed surfaces. */
  readonly weldedRatio: number | null;
  readonly degenerate: number;
  /** Vertices that no triangle uses. */
  readonly unreferenced: number;
  readonly attributes: AttributeCounts;
  readonly bounds: { readonly min: readonly number[]; readonly max: readonly number[] } | null;
  /** Vertices of the sources before welding; null if all sources are soup. */
  readonly fileVertices: number | null;
  readonly sourceCount: number;
  /** Sizes of all source files together. */
  readonly sourceBytes: number;
  readonly sources: readonly (Omit<SourceRow, 'options' | 'warnings'> & {
    readonly options: unknown;
    readonly warnings: unknown;
  })[];
  /** Connected components, boxes of the R*Tree, and tiles; 0 if they have not been built. */
  readonly components: number;
  readonly boxes: number;
  readonly tiles: number;
  readonly filters: readonly SavedFilter[];
  readonly partCount: number;
  readonly parts: readonly PartRow[];
}

export function gatherMeshFacts(db: MeshDatabase): MeshFacts {
  const triangles = db.countTriangles();
  const vertices = db.countVertices();
  const sources = db.sources(SOURCES_MAX);
  const totals = db.totals();
  const { min_x, min_y, min_z, max_x, max_y, max_z } = totals;
  return {
    database: db.path,
    bytes: db.size(),
    triangles,
    vertices,
    corners: 3 * triangles,
    weldedRatio: triangles === 0 ? null : vertices / (3 * triangles),
    degenerate: totals.degenerate,
    unreferenced: totals.unreferenced,
    attributes: db.countAttributes(),
    bounds:
      min_x === null
        ? null
        : { min: [min_x, min_y ?? 0, min_z ?? 0], max: [max_x ?? 0, max_y ?? 0, max_z ?? 0] },
    fileVertices: db.countFileVertices(),
    sourceCount: db.countSources(),
    sourceBytes: db.countSourceBytes(),
    sources: sources.map((source) => ({
      ...source,
      options: parseJson(source.options),
      warnings: parseJson(source.warnings),
    })),
    components: db.ask(countComponents),
    boxes: db.ask(countBoxes),
    tiles: db.ask(countTiles),
    filters: db.ask(listFilters),
    partCount: db.countParts(),
    parts: db.parts(PARTS_MAX),
  };
}

/** Parses a text as JSON; returns the text itself if it is not JSON, as after a change by hand. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describeWeld({ vertices, corners, weldedRatio, fileVertices, sourceCount }: MeshFacts): string {
  if (weldedRatio === null) return 'no triangles';
  const where = sourceCount === 1 ? 'in the source' : 'in the sources';
  if (fileVertices === vertices) return `${countOf(vertices, 'vertex', 'vertices')} ${where}, none welded`;
  const before =
    fileVertices === null
      ? countOf(corners, 'corner')
      : `${countOf(fileVertices, 'vertex', 'vertices')} ${where}`;
  return `${before} welded into ${countOf(vertices, 'vertex', 'vertices')}`;
}

/** Describes the attributes: `500 vertex colors, 20 facet attribute words`; empty if there are none. */
function describeAttributes(counts: AttributeCounts): string {
  return [
    [counts.vertexColors, 'vertex color'] as const,
    [counts.vertexNormals, 'vertex normal'] as const,
    [counts.triangleColors, 'triangle color'] as const,
    [counts.stlAttributes, 'facet attribute word'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, what]) => countOf(count, what))
    .join(', ');
}

/** Returns the unit of length that a source states, if any. */
function unitOf(options: unknown): string | undefined {
  const { unit } = (options ?? {}) as { readonly unit?: unknown };
  return typeof unit === 'string' && isLengthUnit(unit) ? unit : undefined;
}

/** Lists a label and a text for each line; an empty label continues the line above. */
export function describeMeshFacts(facts: MeshFacts): [label: string, text: string][] {
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
  lines.push(...describeSources(facts));
  if (facts.components > 0) lines.push(['components', formatCount(facts.components)]);
  if (facts.boxes > 0) lines.push(['index', `R*Tree of ${countOf(facts.boxes, 'box', 'boxes')}`]);
  if (facts.tiles > 0) lines.push(['tiles', formatCount(facts.tiles)]);
  for (const saved of facts.filters) lines.push(['filter', describeSaved(saved).trimEnd()]);
  return lines;
}

/** Describes the only source in two lines, and each of the first of several in one. */
function describeSources({ sources, sourceCount, sourceBytes }: MeshFacts): [label: string, text: string][] {
  const fileOf = ({ path, format, encoding, precision, size }: MeshFacts['sources'][number]) =>
    `${escapeControls(path)}, ${format} (${encoding}, ${precision}), ${formatBytes(size)}`;
  const [first] = sources;
  if (sourceCount === 1) {
    const { imported, sha256, options } = first!;
    const unit = unitOf(options);
    const lines: [string, string][] = [
      ['source', fileOf(first!)],
      ['', `imported ${imported}${sha256 === null ? '' : `, sha256 ${sha256}`}`],
    ];
    if (unit !== undefined)
      lines.push(['', `unit ${unit}, as in --units ${unit}:${unit === 'mm' ? 'inch' : 'mm'}`]);
    return lines;
  }
  const shown = sources.slice(0, SOURCE_LINES_MAX);
  const more = sourceCount - shown.length;
  return [
    ['sources', `${countOf(sourceCount, 'file')}, ${formatBytes(sourceBytes)}`],
    ...shown.map((source): [string, string] => [
      '',
      `${fileOf(source)}, ${countOf(source.triangles, 'triangle')}`,
    ]),
    ...(more > 0
      ? [['', `and ${countOf(more, 'more source')}, in the table sources`] as [string, string]]
      : []),
  ];
}

/** Tabulates the first parts; a last row counts the others. */
export function tabulateParts(
  { parts, partCount }: MeshFacts,
  most = PARTS_MAX,
): { heads: string[]; rows: string[][] } {
  const rows = parts
    .slice(0, most)
    .map(({ id, kind, triangles, name }) => [String(id), kind, formatCount(triangles), escapeControls(name)]);
  const more = partCount - rows.length;
  if (more > 0) rows.push(['', '', '', `and ${countOf(more, 'more part')}, in the table parts`]);
  return { heads: ['part', 'kind', 'triangles', 'name'], rows };
}
