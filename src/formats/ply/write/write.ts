/**
 * Writes PLY: compares the options with the mesh, fills gaps, and chooses binary or text.
 *
 * Positions are `float` if all sources are float32, else `double`, so binary is exact, too. The header has no comments: the
 * same mesh gives the same bytes.
 */
import { FLOAT32_LARGEST } from '../../../io/number-text.js';
import type { MeshSelection, SoupSelection, Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import { GapFiller } from '../../shared/output.js';
import { writeRows } from '../../shared/rows.js';
import type { OutputChunk, RowWriter, SelectionFacts } from '../../writer.js';
import { asciiRows } from './ascii.js';
import { binaryRows } from './binary.js';
import { contentOf } from './content.js';
import type { PlyOptions } from './options.js';

const OPAQUE_WHITE = [1, 1, 1, 1];
const NO_NORMAL = [0, 0, 0];

/**
 * Formats the selection as PLY, chunk by chunk. What the mesh lacks is left out, or written as opaque white and 0 0 0 for
 * single vertices or triangles, with a warning. Throws UsageError if there are more vertices than PLY can number.
 */
export function* formatPly(
  selection: SoupSelection,
  options: PlyOptions,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  warnOfAbsent(selection, options, warn);
  const { precision, hasNormals, hasColors, hasFaceColors } = contentOf(selection, options);
  const limit = precision === 'float32' ? FLOAT32_LARGEST : Number.MAX_VALUE;
  const fillers = {
    normals: hasNormals ? new GapFiller(NO_NORMAL, limit) : undefined,
    colors: hasColors ? new GapFiller(OPAQUE_WHITE, limit) : undefined,
    faceColors: hasFaceColors ? new GapFiller(OPAQUE_WHITE, limit) : undefined,
  };
  yield* writeRows(fillGaps(selection, fillers), plyRows(selection, options));
  const { vertexCount, triangleCount } = selection;
  const vertices = countOf(vertexCount, 'vertex', 'vertices');
  const triangles = countOf(triangleCount, 'triangle');
  const color = 'color and are written opaque white';
  warnOfGaps(fillers.colors, 'ply-vertex-colors', vertices, color, warn);
  warnOfGaps(fillers.normals, 'ply-vertex-normals', vertices, 'normal and are written with 0 0 0', warn);
  warnOfGaps(fillers.faceColors, 'ply-face-colors', triangles, color, warn);
}

/** PLY row by row, for batches without gaps. Throws UsageError as {@link formatPly} does. */
export function plyRows(facts: SelectionFacts, options: PlyOptions): RowWriter {
  const content = contentOf(facts, options);
  return options.ascii ? asciiRows(facts, content, options.precision) : binaryRows(facts, content);
}

/** Warns of requested content that the mesh lacks. */
export function warnOfAbsent(
  facts: SelectionFacts,
  { colors, normals }: PlyOptions,
  warn: (warning: Warning) => void,
): void {
  if (colors && !facts.hasVertexColors && !facts.hasTriangleColors) {
    warn({ kind: 'ply-no-colors', message: 'the mesh has no colors' });
  }
  if (normals && !facts.hasVertexNormals) {
    warn({ kind: 'ply-no-normals', message: 'the mesh has no normals' });
  }
}

interface Fillers {
  readonly normals: GapFiller | undefined;
  readonly colors: GapFiller | undefined;
  readonly faceColors: GapFiller | undefined;
}

/** The selection with a value for every row that a filler is for. */
function fillGaps(selection: MeshSelection, { normals, colors, faceColors }: Fillers): MeshSelection {
  return {
    ...selection,
    *vertices() {
      for (const batch of selection.vertices()) {
        const { count, positions } = batch;
        yield {
          count,
          positions,
          normals: normals?.fill(batch.normals, count),
          colors: colors?.fill(batch.colors, count),
        };
      }
    },
    *triangles() {
      for (const { count, corners, colors } of selection.triangles()) {
        yield { count, corners, colors: faceColors?.fill(colors, count) };
      }
    },
  };
}

function warnOfGaps(
  filler: GapFiller | undefined,
  kind: string,
  rows: string,
  what: string,
  warn: (warning: Warning) => void,
): void {
  if (filler === undefined || filler.gaps === 0) return;
  warn({ kind, message: `${formatCount(filler.gaps)} of ${rows} have no ${what}` });
}
