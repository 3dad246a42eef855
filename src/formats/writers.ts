/** The formats that offload writes. A new format needs its own folder, a line here, its options, and a fixture. */
import { type Rules, record } from '../options.js';
import type { ObjOptions } from './obj/write/write.js';
import { objWriter } from './obj/write/writer.js';
import type { OffOptions } from './off/write/write.js';
import { offWriter } from './off/write/writer.js';
import type { PlyOptions } from './ply/write/options.js';
import { plyWriter } from './ply/write/writer.js';
import type { StlOptions } from './stl/write/options.js';
import { stlWriter } from './stl/write/writer.js';
import type { Writer } from './writer.js';

export const WRITERS = [offWriter, plyWriter, stlWriter, objWriter] as const satisfies readonly Writer[];

/** The writer if the name of the output implies no other format. */
export const DEFAULT_WRITER: Writer = WRITERS[0];

/** The options of each writer, under its id. */
export interface WriterOptions {
  /** The variant of OFF to write (default: plain OFF). */
  readonly off?: OffOptions | undefined;
  /** The variant of PLY to write (default: little-endian binary). */
  readonly ply?: PlyOptions | undefined;
  /** The variant of STL to write (default: binary). */
  readonly stl?: StlOptions | undefined;
  /** What an OBJ has besides positions, corners and parts. */
  readonly obj?: ObjOptions | undefined;
}

/** The rules for {@link WriterOptions}. */
export const WRITER_OPTIONS: Rules<WriterOptions> = {
  off: record(offWriter.options),
  ply: record(plyWriter.options),
  stl: record(stlWriter.options),
  obj: record(objWriter.options),
};

/** Names a writer to a thread: by its id, or by the module that exports it as `writer`. */
export interface WriterName {
  readonly id: string;
  /** The URL of a module outside of {@link WRITERS}; for tests. */
  readonly module?: string | undefined;
}

/** Finds a writer by its name. */
export async function loadWriter({ id, module }: WriterName): Promise<Writer> {
  if (module === undefined) return WRITERS.find((writer) => writer.id === id)!;
  const { writer } = (await import(module)) as { readonly writer: Writer };
  return writer;
}
