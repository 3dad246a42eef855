/**
 * Searches a source for a triangle or vertex: the reader of the format starts at the preceding mark and reads on.
 * What it finds must have the positions in the database.
 */

import type { MeshDatabase, SourceRow } from '../../database/mesh-database.js';
import {
  findPlaceMark,
  findVertexPlaceMark,
  type PlaceMark,
  type StoredTriangle,
} from '../../database/source-places.js';
import { describePlace, FileError, FormatError, UsageError } from '../../errors.js';
import type { BinaryField, MeshReader, ReadStart } from '../../formats/format.js';
import { countLineEnds, skipBlanksBack } from '../../formats/shared/text.js';
import { filePath } from '../../io/file-path.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { IndexedFaces, ItemPlace, SoupBatch } from '../../mesh.js';
import type { Rules, Taken } from '../../options.js';
import { escapeControls, formatCount } from '../../wording.js';
import { RUN_OPTIONS } from '../run/progress.js';
import { type AccessOptions, SourceAccess } from './source-access.js';
import type { FaceOfTriangle, Found, SourcePlace } from './source-place.js';

/** A gap of up to this many vertices is read through rather than skipped by a new start. */
const READ_ON_VERTICES = 512;

export interface LocateOptions extends AccessOptions {
  /** The current path of the source (default: its path when it was imported). */
  readonly source?: string | URL | undefined;
}

/** The rules for {@link LocateOptions}. */
export const LOCATE_OPTIONS: Rules<LocateOptions> = {
  signal: RUN_OPTIONS.signal,
  onProgress: RUN_OPTIONS.onProgress,
  onNote: RUN_OPTIONS.onNote,
  source: filePath,
};

/** One search in a source. */
export class Search {
  private access: SourceAccess | undefined;

  constructor(
    private readonly db: MeshDatabase,
    private readonly row: SourceRow,
    private readonly options: Taken<LocateOptions>,
  ) {}

  /** Finds a triangle and the face it was cut from; `what` names the target for messages. */
  async triangle(
    id: number,
    stored: StoredTriangle,
    what: string,
  ): Promise<Found & { readonly face: FaceOfTriangle | undefined }> {
    const begin = this.row.first_triangle ?? 0;
    const mark = this.db.ask((connection) => findPlaceMark(connection, begin, id));
    const found = await this.look(what, mark, async (access) => {
      // Without a mark, the complete source may have to be read, which is too slow item by item.
      const reader = await access.reader(mark !== undefined);
      const start = mark && startAt(mark, id, begin, reader);
      if (start === undefined) this.options.onNote?.(`${access.name} must be read from its beginning`);
      let first = begin;
      if (start !== undefined) first = start.kind === 'soup' ? begin + start.record : mark!.first;
      for await (const item of access.items(reader, start)) {
        if (item.kind === 'soup') {
          if (id < first + item.count) return this.takeSoup(access, reader, item, id - first, stored);
          first += item.count;
        } else if (item.kind === 'faces') {
          for (let face = 0, corners = 0; face < item.count; face++) {
            const size = item.sizes?.[face] ?? 3;
            if (id < first + size - 2) {
              return this.takeFace(access, reader, item, face, corners, id - first, stored);
            }
            first += size - 2;
            corners += size;
          }
        }
      }
      return undefined;
    });
    if (found === undefined) throw this.lacks(what);
    return found;
  }

  /**
   * Finds the first vertex of an indexed source at this position, with a number from `from` to `to` among the vertices of
   * all sources; undefined if there is none.
   */
  async vertex(
    id: number,
    position: readonly number[],
    from: number,
    to: number,
  ): Promise<Found | undefined> {
    const begin = this.row.first_vertex ?? 0;
    const mark = this.db.ask((connection) => findVertexPlaceMark(connection, begin, from));
    return this.look(`vertex ${id}`, mark, async (access) => {
      const found = await this.findVertex(access, from - begin, to - begin, (values) =>
        isSame(values, position),
      );
      return found && this.take(access, found.reader, 'vertices', found.place);
    });
  }

  /** Describes the place for the result. */
  describe(
    { offset, end, line }: ItemPlace,
    bytes: Uint8Array,
    fields: readonly BinaryField[],
    { encoding, findMember }: MeshReader,
  ): SourcePlace {
    const { row, access } = this;
    const member = findMember?.(offset);
    const isText = encoding === 'ascii';
    this.options.onNote?.(`${formatCount(access!.bytesRead)} bytes were read`);
    return {
      file: access!.path,
      format: row.format,
      encoding,
      precision: row.precision,
      compression: access!.compression,
      member: member?.name,
      offset: member?.offset ?? offset,
      size: end - offset,
      line: isText ? line : undefined,
      lines: isText ? countLineEnds(bytes, 0, bytes.length) + 1 : undefined,
      bytes,
      fields,
      bytesRead: access!.bytesRead,
    };
  }

  /** Creates the error for a source that lacks something; `cause` is what was found instead. */
  lacks(what: string, cause?: FormatError): FileError {
    const why = cause === undefined ? '' : ` (${cause.problem})`;
    const name = this.access?.name ?? escapeControls(this.row.path);
    return new FileError(`${name}: lacks ${what} with the positions in the database${why}`, {
      code: 'SOURCE_CHANGED',
      hint: 'import it again; the file changed, or SQL changed the database, since the import',
      cause,
    });
  }

  async close(): Promise<void> {
    await this.access?.close();
  }

  /** Opens the source and searches it. Throws FileError if it is not the imported one or cannot be read. */
  private async look<T>(
    what: string,
    mark: PlaceMark | undefined,
    find: (access: SourceAccess) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { row, db, options } = this;
    const path = options.source ?? row.path;
    if (path === '-') throw withoutFile(db.path, what, mark);
    try {
      const access = await SourceAccess.open(row, path, options);
      this.access = access;
      if (access.compression !== undefined) {
        options.onNote?.(
          `${access.name} is compressed with ${access.compression}: decompressing up to the place`,
        );
      }
      return await find(access);
    } catch (error) {
      if (error instanceof FormatError) throw this.lacks(what, error);
      throw error;
    }
  }

  private async takeSoup(
    access: SourceAccess,
    reader: MeshReader,
    { positions, places }: SoupBatch,
    item: number,
    stored: StoredTriangle,
  ): Promise<(Found & { readonly face: undefined }) | undefined> {
    const corners = Array.from(positions.subarray(9 * item, 9 * item + 9));
    const place = placeOf(places, item, reader);
    if (place === undefined || stored.positions === undefined || !isSame(corners, stored.positions.flat()))
      return undefined;
    return { ...(await this.take(access, reader, 'soup', place)), face: undefined };
  }

  private async takeFace(
    access: SourceAccess,
    reader: MeshReader,
    { places, sizes, corners: numbers }: IndexedFaces,
    face: number,
    firstCorner: number,
    triangle: number,
    stored: StoredTriangle,
  ): Promise<(Found & { readonly face: FaceOfTriangle | undefined }) | undefined> {
    if (places.length === 0) throw withoutPlaces(access);
    const place = placeOf(places, face, reader);
    if (place === undefined) return undefined;
    const corners = sizes?.[face] ?? 3;
    const named = numbers.slice(firstCorner, firstCorner + corners);
    if (!(await this.hasCorners(access, named, triangle, stored))) return undefined;
    const found = await this.take(access, reader, 'faces', place);
    // A triangle of a strip is not a face of its own.
    return {
      ...found,
      face: place.strip === undefined ? { number: place.record, corners, triangle } : undefined,
    };
  }

  /** Whether the vertices that a face refers to in the source have the positions of a triangle's corners. */
  private async hasCorners(
    access: SourceAccess,
    numbers: Float64Array,
    triangle: number,
    { positions }: StoredTriangle,
  ): Promise<boolean> {
    if (positions === undefined) return false;
    const wanted = [...positions];
    const remove = (position: readonly number[]) => {
      for (let k = wanted.length - 1; k >= 0; k--) if (isSame(position, wanted[k]!)) wanted.splice(k, 1);
    };
    // Usually it is a triangle of a fan.
    const fan = [numbers[0]!, numbers[triangle + 1]!, numbers[triangle + 2]!];
    for (const some of [fan, [...numbers]]) {
      await this.readVertices(access, some, remove);
      if (wanted.length === 0) return true;
      if (numbers.length === 3) break;
    }
    return false;
  }

  /** Passes on the positions of some vertices of the source, in source order. */
  private async readVertices(
    access: SourceAccess,
    numbers: readonly number[],
    take: (position: readonly number[]) => void,
  ): Promise<void> {
    const wanted = [...new Set(numbers)].sort((a, b) => a - b);
    // In compressed content, each new start decompresses from the beginning.
    const stride = access.compression === undefined ? READ_ON_VERTICES : Number.POSITIVE_INFINITY;
    while (wanted.length > 0) {
      const first = wanted[0]!;
      const gap = wanted.findIndex((number, k) => k > 0 && number - wanted[k - 1]! > stride);
      const run = new Set(wanted.splice(0, gap < 0 ? wanted.length : gap));
      await this.findVertex(access, first, Math.max(...run), (position, number) => {
        if (run.delete(number)) take(position);
        return false;
      });
    }
  }

  /** Finds the first vertex with a number within the source from `from` to `to` that `isWanted` accepts. */
  private async findVertex(
    access: SourceAccess,
    from: number,
    to: number,
    isWanted: (position: readonly number[], number: number) => boolean,
  ): Promise<{ readonly place: ItemPlace; readonly reader: MeshReader } | undefined> {
    const begin = this.row.first_vertex ?? 0;
    const mark = this.db.ask((connection) =>
      findVertexPlaceMark(connection, begin, begin + Math.max(0, from)),
    );
    const reader = await access.reader(true);
    const start: ReadStart | undefined = mark && {
      kind: 'vertices',
      offset: mark.offset,
      line: mark.line,
      record: mark.first - begin,
      vertices: 0,
    };
    for await (const item of access.items(reader, start)) {
      if (item.kind !== 'vertices') continue;
      const [place] = item.places;
      if (place === undefined) throw withoutPlaces(access);
      if (place.record > to) return undefined;
      const position = Array.from(item.positions.subarray(0, 3));
      if (place.record >= from && isWanted(position, place.record)) return { place, reader };
      if (place.record === to) return undefined;
    }
    return undefined;
  }

  /** Returns the bytes of an item; for text, without trailing whitespace. */
  private async take(
    access: SourceAccess,
    reader: MeshReader,
    kind: ReadStart['kind'],
    place: ItemPlace,
  ): Promise<Found> {
    const { offset, end } = place;
    const bytes = await readBytes(access, reader, offset, Math.min(end, offset + CHUNK_BYTES));
    if (reader.encoding === 'binary')
      return { place, bytes, fields: reader.dissect?.(kind, bytes, place.strip !== undefined) ?? [], reader };
    const isWhole = bytes.length === end - offset;
    const length = isWhole ? skipBlanksBack(bytes, 0, bytes.length) : bytes.length;
    const trimmed = isWhole ? { ...place, end: offset + length } : place;
    return { place: trimmed, bytes: bytes.subarray(0, length), fields: [], reader };
  }
}

/** Returns the bytes of a place, at most {@link CHUNK_BYTES}. */
async function readBytes(
  access: SourceAccess,
  reader: MeshReader,
  offset: number,
  end: number,
): Promise<Uint8Array> {
  if (reader.readMember === undefined) return access.bytes(offset, end);
  // Compressed content may have been opened again since the reader was made.
  const current = access.compression === undefined ? reader : await access.reader(true);
  return current.readMember!(offset, end);
}

/** Returns the place of an item in a batch. Readers of equal-sized records report only the place of the first. */
function placeOf(places: readonly ItemPlace[], item: number, reader: MeshReader): ItemPlace | undefined {
  const known = places.find((place) => place.item === item);
  const [first] = places;
  const { recordBytes } = reader;
  if (known !== undefined || first === undefined || recordBytes === undefined) return known;
  const skipped = item - first.item;
  const offset = first.offset + recordBytes * skipped;
  return { ...first, item, offset, end: offset + recordBytes, record: first.record + skipped };
}

/**
 * Returns where a reader starts for a triangle of a source that begins with triangle `begin`: at its record if that can be
 * computed, else at the mark.
 */
function startAt(
  { first, offset, line, face, vertices, strip }: PlaceMark,
  id: number,
  begin: number,
  reader: MeshReader,
): ReadStart {
  const { layout, recordBytes } = reader;
  if (recordBytes !== undefined) {
    return {
      kind: 'soup',
      offset: offset + recordBytes * (id - first),
      line,
      record: id - begin,
      vertices: 0,
    };
  }
  return layout === 'soup'
    ? { kind: 'soup', offset, line, record: first - begin, vertices: 0 }
    : {
        kind: 'faces',
        offset,
        line,
        record: face ?? first - begin,
        vertices: vertices ?? 0,
        strip: strip ?? undefined,
      };
}

/** Creates the error for a source that was standard input, with the place as far as it is known. */
function withoutFile(database: string, what: string, mark: PlaceMark | undefined): FileError {
  const known =
    mark === undefined
      ? ''
      : `; ${what} is at ${describePlace(mark.line > 0 ? mark : { offset: mark.offset })} or later`;
  return new FileError(`${database}: its source was standard input, which cannot be read again${known}`, {
    code: 'FILE_NOT_FOUND',
    hint: 'set `source` to a file with the same bytes',
  });
}

/** Creates the error for a source whose items are in other files. */
function withoutPlaces({ name }: SourceAccess): UsageError {
  return new UsageError(
    `${name}: its data is in other files; expected a file with all data to locate it in`,
    {
      hint: 'convert it to GLB, and import that',
    },
  );
}

/** Whether positions are the same numbers; -0 is 0. */
function isSame(found: readonly number[], expected: readonly number[]): boolean {
  return expected.every((value, k) => value === found[k]);
}
