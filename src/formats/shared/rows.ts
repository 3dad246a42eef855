/** Writes a selection with a row writer in one thread. */
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshSelection } from '../../mesh.js';
import type { OutputChunk, RowWriter } from '../writer.js';
import { ChunkBuffers } from './output.js';

/** Yields the selection, chunk by chunk: the header, all vertices, all triangles. */
export function* writeRows(selection: MeshSelection, writer: RowWriter): Generator<OutputChunk> {
  const { header, rowBytes } = writer;
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  buffer.set(header);
  let at = header.length;
  let rows = 0;

  for (const batch of selection.vertices()) {
    const { count } = batch;
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / rowBytes));
      at = writer.vertices(batch, k, k + some, buffer, at);
      k += some;
      rows += some;
      if (k === count) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  for (const batch of selection.triangles()) {
    const { count } = batch;
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / rowBytes));
      at = writer.triangles(batch, k, k + some, buffer, at);
      k += some;
      rows += some;
      if (k === count) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  yield { bytes: buffer.subarray(0, at), rows };
}
