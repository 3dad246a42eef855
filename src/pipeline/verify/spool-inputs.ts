/** Reads indexed sources into spill files as one mesh, because faces may come before their vertices. */

import { type SpillFiles, STREAM_WORDS, WORD_BYTES } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import type { IndexedVertices, MeshItem } from '../../mesh.js';
import { FaceSpool } from '../../weld/face-spool.js';
import { countTriangles } from '../load/batches/batch-counts.js';
import { SourceJoiner } from '../load/batches/source-joiner.js';
import { type Inputs, readItems } from '../load/inputs.js';
import { pauseForSignals, tellBytes } from '../load/load-progress.js';
import { DiskWatch } from '../run/disk-watch.js';
import { forecastSpills, VERTICES_PER_TRIANGLE } from '../run/forecast.js';
import type { SideOptions } from './side.js';
import { bytesOf, SpooledRows } from './spooled-rows.js';

/** Bytes of the corners of a triangle. */
const CORNERS_BYTES = 3 * WORD_BYTES;

/** Inputs in spill files. */
export interface SpooledInputs {
  readonly rows: SpooledRows;
  /** The number of triangles in each input. */
  readonly counts: readonly number[];
}

/**
 * Reads inputs that have been examined, as one indexed mesh. `arenaOf` returns memory for cutting polygons, lent until the
 * end. Throws FormatError, FileError.
 */
export async function spoolInputs(
  inputs: Inputs,
  files: SpillFiles,
  arenaOf: () => ArrayBuffer,
  options: SideOptions,
): Promise<SpooledInputs> {
  const { signal, spaceOf } = options;
  const { precision, fileBytes } = inputs.totals;
  const bytesPerValue = bytesOf(precision);
  forecast(inputs, files.folder, options);
  const watch = new DiskWatch([files.folder], spaceOf);
  const vertices = files.create('vertices', STREAM_WORDS);
  const faces = new FaceSpool(files);
  const joiner = new SourceJoiner('indexed', bytesPerValue);
  const valueWords = bytesPerValue / WORD_BYTES;
  const counts: number[] = [];
  let count = 0;
  let contentBytes = 0;
  let storedBytes = 0;
  const add = (item: Exclude<MeshItem, { kind: 'part' }>) => {
    for (const batch of joiner.join(item)) {
      if (batch.kind === 'vertices') {
        vertices.append(bitsOf(batch), 0, 3 * valueWords * batch.count);
        count += batch.count;
      } else if (batch.kind === 'faces') faces.add({ ...batch, colors: undefined });
    }
  };
  for (const index of inputs.facts.keys()) {
    const input = await inputs.take(index);
    const { source } = input;
    joiner.begin();
    let triangles = 0;
    for await (const item of readItems(input, undefined)) {
      signal?.throwIfAborted();
      if (item.kind === 'part') continue;
      triangles += countTriangles(item);
      add(item);
      watch.check(contentBytes + source.bytesRead);
      tellBytes(storedBytes + source.fileBytesDone, fileBytes, faces.triangles, count, options);
    }
    await inputs.end(input, triangles);
    counts.push(triangles);
    contentBytes += source.bytesRead;
    storedBytes += source.fileBytesRead;
    await inputs.release();
  }
  const positions = { file: vertices, width: 3 * valueWords, count };
  const cutting = faces.triangulate(positions, arenaOf, bytesPerValue);
  const corners = await runSteps(cutting, () => pauseForSignals(signal));
  return { rows: new SpooledRows(vertices, corners, precision), counts };
}

function forecast({ totals }: Inputs, folder: string, options: SideOptions): void {
  const { expectedTriangles = 0, precision, keptBytes } = totals;
  const triangleBytes = 3 * bytesOf(precision) * VERTICES_PER_TRIANGLE + CORNERS_BYTES;
  const items = [
    { what: 'vertices and faces', bytes: triangleBytes * expectedTriangles },
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
