/** The formats that offload writes. A new format needs its own folder, a line here, its options, and a fixture. */
import { type Rules, record } from '../options.js';
import type { OffOptions } from './off/write/write.js';
import { offWriter } from './off/write/writer.js';
import type { Writer } from './writer.js';

export const WRITERS = [offWriter] as const satisfies readonly Writer[];

/** The writer if the name of the output implies no other format. */
export const DEFAULT_WRITER: Writer = WRITERS[0];

/** The options of each writer, under its id. */
export interface WriterOptions {
  /** The variant of OFF to write (default: plain OFF). */
  readonly off?: OffOptions | undefined;
}

/** The rules for {@link WriterOptions}. */
export const WRITER_OPTIONS: Rules<WriterOptions> = { off: record(offWriter.options) };

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
