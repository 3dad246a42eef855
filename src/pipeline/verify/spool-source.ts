/** Reads an indexed source into spill files, because faces may come before their vertices. */

import type { SpillFiles } from '../../collections/spill-file.js';
import { STREAM_WORDS, WORD_BYTES } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import type { Format, MeshReader } from '../../formats/format.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { planHolding } from '../../memory/plans.js';
import type { IndexedVertices } from '../../mesh.js';
import { FaceSpool } from '../../weld/face-spool.js';
import { pauseForSignals } from '../load/load-progress.js';
import { DiskWatch } from '../run/disk-watch.js';
import { forecastSpills, VERTICES_PER_TRIANGLE } from '../run/forecast.js';
import { endSource } from './end-source.js';
import type { SideOptions } from './side.js';
import { bytesOf, SpooledRows } from './spooled-rows.js';

/** Bytes of the corners of a triangle. */
const CORNERS_BYTES = 3 * WORD_BYTES;

/**
 * Reads a source that is open and unread. `arenaOf` returns memory for cutting polygons, lent until the end. Throws
 * FormatError, FileError.
 */
export async function spoolSource(
  source: ByteSource,
  format: Format,
  files: SpillFiles,
  arenaOf: () => ArrayBuffer,
  options: SideOptions,
): Promise<SpooledRows> {
  const { batchTriangles, salvage, memoryBytes, signal, spaceOf, onProgress, onWarning } = options;
  const heldBytes = planHolding(memoryBytes);
  const reader = await format.open(source, { batchTriangles, salvage, warn: onWarning, heldBytes });
  const bytesPerValue = bytesOf(reader.precision);
  forecast(reader, files.folder, options);
  const watch = new DiskWatch([files.folder], spaceOf);
  const vertices = files.create('vertices', STREAM_WORDS);
  const faces = new FaceSpool(files);
  const valueWords = bytesPerValue / WORD_BYTES;
  let count = 0;
  for await (const item of reader.items()) {
    signal?.throwIfAborted();
    if (item.kind === 'vertices') {
      vertices.append(bitsOf(item), 0, 3 * valueWords * item.count);
      count += item.count;
    } else if (item.kind === 'faces') {
      faces.add({ ...item, colors: undefined });
    }
    watch.check(source.bytesRead);
    onProgress?.({
      stage: 'import',
      done: source.fileBytesDone,
      total: source.fileSize,
      unit: 'bytes',
      triangles: faces.triangles,
      vertices: count,
    });
  }
  await endSource(source, faces.triangles, onWarning);
  const positions = { file: vertices, width: 3 * valueWords, count };
  const cutting = faces.triangulate(positions, arenaOf, bytesPerValue);
  const corners = await runSteps(cutting, () => pauseForSignals(signal));
  return new SpooledRows(vertices, corners, reader.precision);
}

function forecast(reader: MeshReader, folder: string, options: SideOptions): void {
  const { expectedTriangles, precision, keptBytes = 0 } = reader;
  const triangleBytes = 3 * bytesOf(precision) * VERTICES_PER_TRIANGLE + CORNERS_BYTES;
  const items = [
    { what: 'vertices and faces', bytes: triangleBytes * (expectedTriangles ?? 0) },
    { what: 'input', bytes: keptBytes },
  ];
  forecastSpills(
    folder,
    items.filter(({ bytes }) => bytes > 0),
    options,
  );
}

function bitsOf({ positions }: IndexedVertices): Int32Array {
  return new Int32Array(positions.buffer, positions.byteOffset, positions.byteLength / WORD_BYTES);
}
