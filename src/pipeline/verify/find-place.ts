/** Locates a few triangles in a file. */
import type { Place } from '../../errors.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { isFile } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import type { ItemPlace } from '../../mesh.js';
import { countTriangles } from '../load/batch-counts.js';
import type { ReadingSettings } from '../load/reading-options.js';
import { explainError } from '../run/source-errors.js';

/** Whether a source can be read more than once, unlike standard input and other pipes. */
export function isRepeatable(name: string): boolean {
  return name !== '-' && isFile(name);
}

/**
 * Returns the line or byte of each triangle, or of the face that it was cut from. Numbers count from 0 and ascend. The file
 * is read up to the last of them in batches of one, since only these report where each triangle begins.
 */
export async function locateTriangles(
  input: string,
  format: Format,
  numbers: readonly number[],
  { salvage, signal }: ReadingSettings,
): Promise<ReadonlyMap<number, Place>> {
  const places = new Map<number, Place>();
  if (numbers.length === 0) return places;
  const source = await ByteSource.open(input, { salvage, signal });
  try {
    const reader = await format.open(source, { batchTriangles: 1, salvage, warn: () => undefined });
    let after = 0;
    let next = 0;
    for await (const item of reader.items()) {
      if (item.kind !== 'soup' && item.kind !== 'faces') continue;
      signal?.throwIfAborted();
      after += countTriangles(item);
      while (numbers[next]! < after) {
        const [place] = item.places;
        const number = numbers[next++]!;
        // Buffers in other files have no place in this one.
        if (place !== undefined) places.set(number, describe(place, reader));
      }
      if (next === numbers.length) break;
    }
    return places;
  } catch (error) {
    signal?.throwIfAborted();
    throw await explainError(error, input, source);
  } finally {
    await source.close();
  }
}

function describe({ line, offset }: ItemPlace, reader: MeshReader): Place {
  if (line === 0) return { offset };
  const member = reader.findMember?.(offset);
  return member === undefined ? { line } : { line, part: member.name };
}
