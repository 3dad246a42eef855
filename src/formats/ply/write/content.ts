/** What a PLY contains besides positions and corners, and its header. */
import { UsageError } from '../../../errors.js';
import type { Precision } from '../../../mesh.js';
import { formatCount } from '../../../wording.js';
import { type Content, contentOf } from '../../shared/content.js';
import type { SelectionFacts } from '../../writer.js';
import type { PlyOptions } from './options.js';

/** Ids of at most this many vertices are written as `int`. */
const INT_VERTICES_MAX = 2 ** 31;
/** The maximum number of vertices: every id fits `uint`. */
const VERTICES_MAX = 2 ** 32;

/** What is written, and the precision of its numbers. */
export interface PlyContent extends Content {
  readonly precision: Precision;
}

/** Determines what is written of a selection. */
export function plyContentOf(facts: SelectionFacts, options: PlyOptions): PlyContent {
  return { precision: facts.precision, ...contentOf(facts, options) };
}

/** The header, up to the line end of `end_header`. Throws UsageError if there are more vertices than ids. */
export function plyHeader(
  { vertexCount, triangleCount }: Pick<SelectionFacts, 'vertexCount' | 'triangleCount'>,
  content: PlyContent,
  ascii: boolean,
): Uint8Array {
  if (vertexCount > VERTICES_MAX) {
    const expected = `expected at most ${formatCount(VERTICES_MAX)}, the limit of PLY`;
    throw new UsageError(`${formatCount(vertexCount)} vertices; ${expected}`, {
      hint: 'write OFF, or select fewer triangles',
    });
  }
  const real = content.precision === 'float32' ? 'float' : 'double';
  const id = vertexCount > INT_VERTICES_MAX ? 'uint' : 'int';
  const colors = properties('uchar', ['red', 'green', 'blue', 'alpha']);
  const lines = [
    'ply',
    `format ${ascii ? 'ascii' : 'binary_little_endian'} 1.0`,
    `element vertex ${vertexCount}`,
    ...properties(real, ['x', 'y', 'z']),
    ...(content.hasNormals ? properties(real, ['nx', 'ny', 'nz']) : []),
    ...(content.hasColors ? colors : []),
    `element face ${triangleCount}`,
    `property list uchar ${id} vertex_indices`,
    ...(content.hasFaceColors ? colors : []),
    'end_header',
  ];
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

function properties(type: string, names: readonly string[]): string[] {
  return names.map((name) => `property ${type} ${name}`);
}
