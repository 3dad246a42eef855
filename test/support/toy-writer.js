/**
 * A second writer, as the tests add one: text or binary, with counts before the rows, ids from 1. It stands alone, since
 * threads load it as it is.
 *
 *     toy 3 1
 *     v 0 0 0
 *     f 1 2 3
 */
const ROW_BYTES = 100;
const isSwitch = { expected: 'true or false', take: (value) => value === true };

/** Writes a row as text, or as three doubles of either byte order. */
function writeRow(letter, values, at, target, end, binary) {
  const row = Buffer.from(target.buffer, target.byteOffset + end, ROW_BYTES);
  if (!binary) return end + row.latin1Write(`${letter} ${values[at]} ${values[at + 1]} ${values[at + 2]}\n`);
  for (let d = 0; d < 3; d++) row.writeDoubleLE(values[at + d], 8 * d);
  return end + 24;
}

export const writer = {
  id: 'toy',
  name: 'a format for tests',
  title: 'toy',
  extensions: ['toy'],
  layout: () => 'indexed',
  options: { binary: isSwitch },
  bytesPerTriangle: { plain: 60, compressed: 30 },
  check: () => undefined,
  isBinary: ({ binary = false }) => binary,
  expectBytes: ({ vertexCount, triangleCount }) => ROW_BYTES * (vertexCount + triangleCount),

  rows({ vertexCount, triangleCount }, { binary = false }) {
    return {
      header: Buffer.from(`toy ${vertexCount} ${triangleCount}\n`),
      rowBytes: ROW_BYTES,
      vertices({ positions }, from, to, target, at) {
        let end = at;
        for (let k = from; k < to; k++) end = writeRow('v', positions, 3 * k, target, end, binary);
        return end;
      },
      triangles({ corners }, from, to, target, at) {
        let end = at;
        for (let k = from; k < to; k++) {
          const ids = [0, 1, 2].map((d) => corners[3 * k + d] + 1);
          end = writeRow('f', ids, 0, target, end, binary);
        }
        return end;
      },
    };
  },

  *write(selection, options) {
    const { header, vertices, triangles } = this.rows(selection, options);
    yield { bytes: header, rows: 0 };
    let rows = 0;
    for (const batch of selection.vertices()) {
      const bytes = Buffer.alloc(ROW_BYTES * batch.count);
      rows += batch.count;
      yield { bytes: bytes.subarray(0, vertices(batch, 0, batch.count, bytes, 0)), rows };
    }
    for (const batch of selection.triangles()) {
      const bytes = Buffer.alloc(ROW_BYTES * batch.count);
      rows += batch.count;
      yield { bytes: bytes.subarray(0, triangles(batch, 0, batch.count, bytes, 0)), rows };
    }
  },
};
