/**
 * Writes binary STL: a header of 80 bytes, the count, and 50 bytes for each facet. The attribute words of a binary STL are
 * kept.
 */
import { UsageError } from '../../../errors.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { SoupSelection, Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import { ChunkBuffers } from '../../shared/output.js';
import type { OutputChunk } from '../../writer.js';
import { ATTRIBUTE_AT, CORNERS_AT, COUNT_AT, FACET_BYTES, HEADER_BYTES } from '../layout.js';
import { setNormal } from './normal.js';

/** The maximum count. */
const TRIANGLES_MAX = 2 ** 32 - 1;

/** The header, which is padded with blanks. It must not begin with `solid`, as text does. */
const TITLE = 'binary STL written by offload';

/**
 * Formats the selection as binary STL, chunk by chunk. Coordinates that do not fit in 32 bits are rounded, with a warning
 * at the end; normals are computed from the rounded ones. Throws UsageError if a coordinate is too large for that, or if
 * there are more triangles than {@link TRIANGLES_MAX}.
 */
export function* formatBinaryStl(
  selection: SoupSelection,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  const { triangleCount } = selection;
  if (triangleCount > TRIANGLES_MAX) {
    throw new UsageError(
      `${formatCount(triangleCount)} triangles; expected at most ${formatCount(TRIANGLES_MAX)}, the limit of binary STL`,
      { hint: 'add `stl.ascii`, or select fewer triangles' },
    );
  }
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  let view = new DataView(buffer.buffer);
  Buffer.from(buffer.buffer).write(TITLE.padEnd(COUNT_AT), 'latin1');
  view.setUint32(COUNT_AT, triangleCount, true);
  let at = HEADER_BYTES;
  let rows = 0;
  let rounded = 0;
  const normal = new Float64Array(3);
  const corners = new Float64Array(9);

  for (const { count, positions, attributes } of selection.soup({ attributes: true })) {
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - FACET_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        view = new DataView(buffer.buffer);
        at = 0;
      }
      for (let d = 0; d < 9; d++) {
        const value = positions[9 * k + d]!;
        const float = Math.fround(value);
        if (float !== value) {
          checkRange(float, value, rows + k);
          rounded++;
        }
        corners[d] = float;
        view.setFloat32(at + CORNERS_AT + 4 * d, float, true);
      }
      setNormal(corners, 0, normal);
      for (let d = 0; d < 3; d++) view.setFloat32(at + 4 * d, normal[d]!, true);
      view.setUint16(at + ATTRIBUTE_AT, attributes?.[k] ?? 0, true);
      at += FACET_BYTES;
    }
    rows += count;
  }
  yield { bytes: buffer.subarray(0, at), rows };
  if (rounded > 0) {
    const share = `${formatCount(rounded)} of ${countOf(9 * triangleCount, 'coordinate')}`;
    warn({ kind: 'stl-rounded', message: `${share} are rounded to the 32 bits of binary STL` });
  }
}

function checkRange(float: number, value: number, triangle: number): void {
  if (Number.isFinite(float)) return;
  throw new UsageError(
    `triangle ${triangle} has the coordinate ${value}; expected at most 3.4028235e38, the largest number in binary STL`,
    { hint: 'add `stl.ascii`' },
  );
}
