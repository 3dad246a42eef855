/** The content of a database, gathered and in words. */

import { countComponents } from '../../database/components.js';
import type { AttributeCounts, MeshDatabase, PartRow, SourceRow } from '../../database/mesh-database.js';
import { countBoxes } from '../../database/spatial-index.js';
import { listFilters, type SavedFilter } from '../../filter/saved-filters.js';
import { countTiles } from '../../tiles/tile-store.js';
import { countOf, escapeControls, formatBytes, formatCount } from '../../wording.js';
import { describeSaved } from '../filter.js';
import { formatPosition } from '../terminal/terminal.js';

/** The most parts listed, in text and JSON. */
const PARTS_MAX = 100;
/** The most sources listed, in text and JSON. */
const SOURCES_MAX = 100;

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
  readonly sourceCount: number;
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
    sourceCount: db.countSources(),
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

function describeWeld({ vertices, corners, weldedRatio, sources }: MeshFacts): string {
  if (weldedRatio === null) return 'no triangles';
  const fileVertices = sources[0]?.file_vertices ?? null;
  if (fileVertices === vertices)
    return `${countOf(vertices, 'vertex', 'vertices')} in the source, none welded`;
  const before =
    fileVertices === null
      ? countOf(corners, 'corner')
      : `${countOf(fileVertices, 'vertex', 'vertices')} in the source`;
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
  for (const { path, format, encoding, precision, size, imported, sha256 } of facts.sources) {
    lines.push([
      'source',
      `${escapeControls(path)}, ${format} (${encoding}, ${precision}), ${formatBytes(size)}`,
    ]);
    lines.push(['', `imported ${imported}${sha256 === null ? '' : `, sha256 ${sha256}`}`]);
  }
  const more = facts.sourceCount - facts.sources.length;
  if (more > 0) lines.push(['', `and ${countOf(more, 'more source')}, in the table sources`]);
  if (facts.components > 0) lines.push(['components', formatCount(facts.components)]);
  if (facts.boxes > 0) lines.push(['index', `R*Tree of ${countOf(facts.boxes, 'box', 'boxes')}`]);
  if (facts.tiles > 0) lines.push(['tiles', formatCount(facts.tiles)]);
  for (const saved of facts.filters) lines.push(['filter', describeSaved(saved).trimEnd()]);
  return lines;
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
