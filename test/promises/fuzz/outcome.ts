/** What the program makes of any bytes, held against what it promises: a sound mesh, or an error for users. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { detectFormat } from '../../../src/formats/detect.js';
import type { SavedReader } from '../../../src/formats/format.js';
import {
  exportMesh,
  FormatError,
  importMesh,
  locateTriangle,
  MeshError,
  verifyMesh,
} from '../../../src/index.js';
import { removeSpills } from '../../../src/io/disk.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { gatherFacts } from '../../../src/lint/lint.js';
import { judge } from '../../../src/lint/reader.js';
import { OFF_READERS } from '../../../src/lint/readers.js';
import type { Warning } from '../../../src/mesh.js';
import { WarningTally } from '../../../src/pipeline/run/progress.js';
import type { Positions } from '../../../src/weld/positions.js';
import type { MeshSink } from '../../../src/weld/sinks.js';
import {
  type DirectWelding,
  type SavedWelding,
  type WeldingOptions,
  weldDirectly,
} from '../../../src/weld/welding.js';
import { cutInto } from '../../support/compressed.js';

export interface ReadingChoice {
  readonly salvage: boolean;
  readonly batchTriangles: number;
  /** Bytes in a piece of the source. */
  readonly piece: number;
  /** Leave the size unknown, as it is on standard input. */
  readonly isStream: boolean;
  /** Memory of the welder's tables, in bytes. */
  readonly weldBytes: number;
  /** The name of the file, whose ending may tell its format. */
  readonly ending: string;
}

/** What came of it. */
export interface Outcome {
  readonly triangles: number;
  readonly vertices: number;
  /** Of all rows of each table in their order; whether a vertex or a triangle comes first does not count. */
  readonly checksums: readonly number[];
  readonly refusal: string | undefined;
  /** Of what was read. */
  readonly warnings: readonly Warning[];
}

/**
 * Reads and welds bytes; where `isStopped`, what reads and welds is given up behind some items that let it, and others go
 * on with what it has saved. Throws what is no error for users, and where a row is not sound.
 */
export async function readThrough(
  bytes: Buffer,
  choice: ReadingChoice,
  spillPath: string,
  isStopped = false,
): Promise<Outcome> {
  const { piece, isStream, ending, batchTriangles, salvage, weldBytes } = choice;
  const warnings = new WarningTally();
  const open = async (isAgain = false) => {
    const source = await ByteSource.of(
      `in.${ending}`,
      cutInto(bytes, Math.max(1, piece)),
      isStream ? undefined : bytes.length,
      { salvage },
    );
    const { format } = detectFormat(source);
    // What is said of the head has been said.
    let isHeard = !isAgain;
    const warn = (warning: Warning) => isHeard && warnings.add(warning);
    const reader = await format.open(source, { batchTriangles, salvage, warn });
    isHeard = true;
    return { source, reader };
  };
  const sink = new CheckingSink(isStopped);
  let source: ByteSource | undefined;
  let welding: DirectWelding | undefined;
  let refusal: string | undefined;
  try {
    let reading = await open();
    source = reading.source;
    const { layout, precision, expectedTriangles } = reading.reader;
    const options: WeldingOptions = {
      layout,
      bytesPerValue: precision === 'float32' ? 4 : 8,
      budgetBytes: weldBytes,
      // Whatever a file announces: no more than a hint.
      expectedVertices: expectedTriangles && expectedTriangles / 2,
      spillPath,
      keepsFiles: isStopped,
    };
    welding = weldDirectly(sink, options);
    for (let start: SavedReader | undefined, items = 0, isDone = false; !isDone; ) {
      isDone = true;
      for await (const item of reading.reader.items(undefined, start)) {
        if (item.kind !== 'part') welding.add(item);
        // Behind the first items, and behind fewer and fewer of the others: each stop reads all from the beginning.
        const isDue = isStopped && Number.isInteger(Math.log2(++items));
        const saved = isDue ? reading.reader.save() : undefined;
        if (saved === undefined) continue;
        const state = JSON.stringify({ saved, welding: welding.save() });
        welding.close();
        await source.close();
        const left = JSON.parse(state) as { saved: SavedReader; welding: SavedWelding };
        start = left.saved;
        reading = await open(true);
        source = reading.source;
        welding = weldDirectly(sink, { ...options, saved: left.welding });
        if (left.welding.isExact) sink.tell(welding, options.bytesPerValue);
        isDone = false;
        break;
      }
    }
    for (const _ of welding.finish([
      {
        ...(reading.reader.colorScales?.() ?? { vertex: 1, face: 1 }),
        vertices: Number.POSITIVE_INFINITY,
        faces: Number.POSITIVE_INFINITY,
      },
    ]));
    sink.expectWhole();
  } catch (error) {
    refusal = refusalOf(error);
  } finally {
    welding?.close();
    await source?.close();
    if (isStopped) removeSpills(spillPath);
  }
  // Of what is refused nothing stays, however far it has come.
  if (refusal !== undefined) return { triangles: 0, vertices: 0, checksums: [], refusal, warnings: [] };
  const { triangles, vertices, checksums } = sink;
  return { triangles, vertices, checksums, refusal, warnings: warnings.list() };
}

/** The message of an error for users, which says where it was found; others are thrown. */
function refusalOf(error: unknown): string {
  if (!(error instanceof FormatError) || error.place === undefined) throw error;
  const [place] = Object.values(error.place) as number[];
  if (!Number.isSafeInteger(place) || place! < 0) throw new Error(`a strange place in '${error.message}'`);
  return error.message;
}

enum Table {
  Vertices,
  Triangles,
  VertexColors,
  VertexNormals,
  TriangleColors,
}

/** Rows that are checked as they come and forgotten, but for vertices that somebody is to be told of. */
class CheckingSink implements MeshSink {
  vertices = 0;
  triangles = 0;
  readonly checksums = [0, 0, 0, 0, 0];
  private largest = -1;
  private readonly lastIds = [-1, -1, -1, -1, -1];
  private readonly kept: number[] = [];

  constructor(private readonly keepsVertices: boolean) {}

  /** Tells a welder of all vertices that have come. */
  tell(welding: DirectWelding, bytesPerValue: 4 | 8): void {
    const positions = bytesPerValue === 4 ? Float32Array.from(this.kept) : Float64Array.from(this.kept);
    welding.remember(positions, this.kept.length / 3);
  }

  addVertices(positions: Positions, count: number): void {
    if (this.keepsVertices) this.kept.push(...positions.subarray(0, 3 * count));
    for (let k = 0; k < 3 * count; k++)
      this.take(Table.Vertices, positions[k]!, Number.isFinite(positions[k]), 'a coordinate');
    this.vertices += count;
  }

  addTriangles(corners: Float64Array, count: number): void {
    for (let k = 0; k < 3 * count; k++) {
      const corner = corners[k]!;
      this.take(Table.Triangles, corner, Number.isSafeInteger(corner) && corner >= 0, 'a corner');
      this.largest = Math.max(this.largest, corner);
    }
    this.triangles += count;
  }

  addVertexColor(id: number, color: Float64Array): void {
    this.takeRow(Table.VertexColors, id, this.vertices, color, 4);
  }

  addVertexNormal(id: number, normal: Float64Array): void {
    this.takeRow(Table.VertexNormals, id, this.vertices, normal, 3);
  }

  addTriangleColor(id: number, color: Float64Array): void {
    this.takeRow(Table.TriangleColors, id, Number.POSITIVE_INFINITY, color, 4);
  }

  /** To be called when all rows have come. */
  expectWhole(): void {
    if (this.largest >= this.vertices) throw new Error(`corner ${this.largest} of ${this.vertices} vertices`);
    const lastColor = this.lastIds[Table.TriangleColors]!;
    if (lastColor >= this.triangles) throw new Error(`a color of triangle ${lastColor}`);
  }

  /** Colors and normals may be any numbers, or none. */
  private takeRow(table: Table, id: number, end: number, values: Float64Array, width: number): void {
    this.take(table, id, id > this.lastIds[table]! && id < end, 'the id of a color or normal');
    this.lastIds[table] = id;
    this.take(table, values.length, values.length === width, 'the size of a color or normal');
    for (const value of values) this.take(table, value, true, 'a part of it');
  }

  private take(table: Table, value: number, isSound: boolean, what: string): void {
    if (!isSound) throw new Error(`${value} is ${what}`);
    // Sixteen bits of a fraction are enough to tell two meshes apart.
    this.checksums[table] = (Math.imul(this.checksums[table]!, 31) + ((value * 65_536) | 0)) | 0;
  }
}

/** What well-known readers would make of bytes that are no OFF, or are: a judgement each, or an error for users. */
export async function lintThrough(bytes: Buffer, { piece }: ReadingChoice): Promise<void> {
  const source = await ByteSource.of('in.off', cutInto(bytes, Math.max(1, piece)), bytes.length).catch(
    refusalOf,
  );
  if (typeof source === 'string') return;
  try {
    const facts = await gatherFacts(source, { warn: () => undefined });
    for (const reader of OFF_READERS) judge(facts, reader);
  } catch (error) {
    refusalOf(error);
  } finally {
    await source.close();
  }
}

/**
 * The whole way: bytes in a file to a database that SQLite finds whole, to OFF, and both compared with the file; the
 * last triangle is looked up in it. Nothing may be left in `folder` but what was asked for. Returns whether the file was
 * read.
 */
export async function importThrough(bytes: Buffer, choice: ReadingChoice, folder: string): Promise<boolean> {
  const name = `in.${choice.ending}`;
  const [input, database, output] = [name, 'out.db', 'out.off'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  const { salvage, batchTriangles, weldBytes } = choice;
  writeFileSync(input, bytes);
  try {
    const options = { salvage, batchTriangles, weldBytes, threads: 1 };
    const result = await importMesh(input, database, options);
    expectSound(database, result.triangles, result.vertices);
    const written = await exportMesh(database, output, { threads: 1 });
    const [, counts] = readFileSync(output, 'latin1').split('\n', 2);
    if (counts !== `${result.vertices} ${result.triangles} 0` || written.triangles !== result.triangles) {
      throw new Error(`an OFF of ${counts}; expected ${result.vertices} ${result.triangles}`);
    }
    for (const mesh of [database, output]) {
      // A file that had to be salvaged is compared as such.
      const { isEqual } = await verifyMesh(mesh, input, { salvage, threads: 1 });
      if (!isEqual) throw new Error(`${mesh} is not what it was made of`);
    }
    if (result.triangles > 0) await locateTriangle(database, result.triangles - 1);
    expectFiles(folder, [name, 'out.db', 'out.off']);
    return true;
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    if (!(error instanceof FormatError)) throw new Error('an error of another kind', { cause: error });
    refusalOf(error);
    expectFiles(folder, [name]);
    return false;
  } finally {
    for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true });
  }
}

/** The folder holds these files and no others. */
function expectFiles(folder: string, expected: readonly string[]): void {
  const found = readdirSync(folder);
  if ([...found].sort().join() !== [...expected].sort().join()) throw new Error(`${found} are left`);
}

/** A database that SQLite finds whole, with ids from 0 on and corners among them. */
function expectSound(path: string, triangles: number, vertices: number): void {
  const db = new Database(path, { readonly: true });
  try {
    const check = db.pragma('integrity_check', { simple: true });
    const row = db
      .prepare(
        `SELECT (SELECT count(*) FROM triangles), (SELECT coalesce(max(id) + 1, 0) FROM triangles),
          (SELECT count(*) FROM vertices), (SELECT coalesce(max(id) + 1, 0) FROM vertices),
          (SELECT count(*) FROM triangles WHERE min(a, b, c) < 0 OR max(a, b, c) >= (SELECT count(*) FROM vertices)),
          (SELECT count(*) FROM part_runs WHERE first > last OR last >= (SELECT count(*) FROM triangles))`,
      )
      .raw()
      .get();
    const expected = [triangles, triangles, vertices, vertices, 0, 0];
    if (check !== 'ok' || String(row) !== String(expected))
      throw new Error(`${check}: ${row}; expected ${expected}`);
  } finally {
    db.close();
  }
}
