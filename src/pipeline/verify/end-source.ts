/** Reads a source to its end after its last triangle. */
import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { Warning } from '../../mesh.js';

/** Reads the rest, so that damage there is found; warns if the source was cut or has no `triangles`. */
export async function endSource(
  source: ByteSource,
  triangles: number,
  warn: (warning: Warning) => void,
): Promise<void> {
  await source.drain(new Uint8Array(CHUNK_BYTES));
  if (source.cut !== undefined) warn({ kind: `${source.compression}-cut`, message: source.cut.message });
  if (triangles === 0) warn({ kind: 'no-triangles', message: 'the source holds no triangle' });
}
