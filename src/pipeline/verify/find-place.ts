/** Locates a few triangles in the files that hold them. */
import type { Place } from '../../errors.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { isFile } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import type { ItemPlace } from '../../mesh.js';
import { countTriangles } from '../load/batches/batch-counts.js';
import type { ReadingSettings } from '../load/reading-options.js';
import { explainError } from '../run/source-errors.js';

/** Whether a source can be read more than once, unlike standard input and other pipes. */
export function isRepeatable(name: string): boolean {
  return name !== '-' && isFile(name);
}

/** A file that holds triangles. */
interface TriangleFile {
  readonly name: string;
  readonly format: Format;
}

/** A place in a file; `file` is its name if there are several. */
export type FilePlace = Place & { readonly file?: string };

/**
 * Returns the place of each triangle, or of the face that it was cut from. Numbers count from 0 through all `files`, which
 * hold `counts` triangles, and ascend. Triangles from a pipe have no place.
 */
export async function locateTriangles(
  files: readonly TriangleFile[],
  counts: readonly number[],
  numbers: readonly number[],
  options: ReadingSettings,
): Promise<ReadonlyMap<number, FilePlace>> {
  const places = new Map<number, FilePlace>();
  let first = 0;
  let next = 0;
  for (const [index, file] of files.entries()) {
    const end = first + counts[index]!;
    const begin = next;
    while (next < numbers.length && numbers[next]! < end) next++;
    if (next > begin && isRepeatable(file.name)) {
      const own = numbers.slice(begin, next).map((number) => number - first);
      for (const [number, place] of await locateIn(file, own, options)) {
        places.set(first + number, files.length === 1 ? place : { ...place, file: file.name });
      }
    }
    first = end;
  }
  return places;
}

/** Reads a file up to the last of `numbers`, in batches of one, since only these report where each triangle begins. */
async function locateIn(
  { name, format }: TriangleFile,
  numbers: readonly number[],
  { salvage, signal }: ReadingSettings,
): Promise<ReadonlyMap<number, Place>> {
  const places = new Map<number, Place>();
  const source = await ByteSource.open(name, { salvage, signal });
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
    throw await explainError(error, name, source);
  } finally {
    await source.close();
  }
}

function describe({ line, offset }: ItemPlace, reader: MeshReader): Place {
  if (line === 0) return { offset };
  const member = reader.findMember?.(offset);
  return member === undefined ? { line } : { line, part: member.name };
}
