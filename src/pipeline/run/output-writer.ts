/** Chooses the writer of an output, and its options. */
import { UsageError } from '../../errors.js';
import type { WriteOptions, Writer } from '../../formats/writer.js';
import {
  loadWriter,
  WRITER_OPTIONS,
  WRITERS,
  type WriterName,
  type WriterOptions,
} from '../../formats/writers.js';
import { internal, type Rules, record, ruleOf, text } from '../../options.js';
import { writerOfName } from './output-names.js';

/** The caller's options for the format of an output. */
export interface WriterChoice extends WriterOptions {
  /**
   * A writer that is not in WRITERS, by the URL of its module, with its options; for tests.
   * @internal
   */
  readonly writer?: OtherWriter | undefined;
}

interface OtherWriter {
  readonly module: string;
  readonly options?: WriteOptions | undefined;
}

/** The rules for {@link WriterChoice}. */
export const WRITER_CHOICE: Rules<WriterChoice> = {
  ...WRITER_OPTIONS,
  writer: internal(
    record<OtherWriter>({
      module: text,
      options: ruleOf<WriteOptions>('an object', (value) => typeof value === 'object'),
    }),
  ),
};

/** A writer, how threads find it, and its options. */
export interface ChosenWriter {
  readonly writer: Writer;
  readonly name: WriterName;
  readonly options: WriteOptions;
}

/**
 * Chooses the writer for an output by its name, or the default one if it has none. Throws UsageError for options that
 * the writer does not take, or that contradict each other.
 */
export async function chooseWriter(output: string | undefined, choice: WriterChoice): Promise<ChosenWriter> {
  const chosen = choice.writer === undefined ? chooseKnown(output, choice) : await loadOther(choice.writer);
  const { writer, options } = chosen;
  for (const { id } of WRITERS) {
    if (id === writer.id || choice[id] === undefined) continue;
    throw new UsageError(`has no effect on ${writer.title}`, { option: id });
  }
  writer.check(options);
  return chosen;
}

function chooseKnown(output: string | undefined, choice: WriterChoice): ChosenWriter {
  const writer = writerOfName(output);
  return { writer, name: { id: writer.id }, options: choice[writer.id as keyof WriterOptions] ?? {} };
}

async function loadOther({ module, options = {} }: OtherWriter): Promise<ChosenWriter> {
  const writer = await loadWriter({ id: '', module });
  const rules = writer.options as Rules<WriteOptions>;
  return { writer, name: { id: writer.id, module }, options: record(rules).take(options, writer.id) };
}
