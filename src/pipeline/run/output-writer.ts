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
import type { CompressionChoice } from '../../io/compression/compression.js';
import { internal, oneOf, type Rules, record, ruleOf, text } from '../../options.js';
import { checkColumns } from './measures.js';
import { writerOfName } from './output-names.js';

/** The caller's options for the format of an output. */
export interface WriterChoice extends WriterOptions {
  /** The id of the format to write (default: by the name of the output, else OFF). */
  readonly to?: OutputFormat | undefined;
  /**
   * A writer that is not in WRITERS, by the URL of its module, with its options; for tests.
   * @internal
   */
  readonly writer?: OtherWriter | undefined;
}

/** The id of a format that offload writes. */
export type OutputFormat = keyof WriterOptions;

interface OtherWriter {
  readonly module: string;
  readonly options?: WriteOptions | undefined;
}

/** The rules for {@link WriterChoice}. */
export const WRITER_CHOICE: Rules<WriterChoice> = {
  ...WRITER_OPTIONS,
  to: oneOf<OutputFormat>(WRITERS.map(({ id }) => id)),
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
  /** Whether the output is a folder with a file for each table. */
  readonly isFolder: boolean;
  /** The compression of the output as a whole; undefined if its name decides. */
  readonly compress: CompressionChoice | undefined;
}

/** Whether threads can format the rows of an output. */
export function hasRowWriter({ writer, options }: ChosenWriter): boolean {
  return writer.rows !== undefined && !options.soup;
}

/** Picks the writer for an output: the named format, else that of the output's name, else the default one. */
export function pickWriter(output: string | undefined, to: OutputFormat | undefined): Writer {
  return WRITERS.find(({ id }) => id === to) ?? writerOfName(output);
}

/**
 * Chooses the writer for an output as {@link pickWriter} does, with its options. Throws UsageError for options that
 * the writer does not take, or that contradict each other.
 */
export async function chooseWriter(
  output: string | undefined,
  choice: WriterChoice & { readonly compress?: CompressionChoice | undefined },
): Promise<ChosenWriter> {
  const { writer, name, options } =
    choice.writer === undefined ? chooseKnown(output, choice) : await loadOther(choice.writer);
  for (const { id } of WRITERS) {
    if (id === writer.id || choice[id] === undefined) continue;
    throw new UsageError(`has no effect on ${writer.title}`, { option: id });
  }
  writer.check(options);
  checkColumns(options.columns ?? [], `${writer.id}.columns`);
  const isFolder = writer.isFolder?.(options) ?? false;
  if (isFolder && output === '-') {
    throw new UsageError(
      `${writer.title} cannot go to standard output as a folder of tables; expected its name`,
      {
        hint: `add \`${writer.id}.soup\` to write one file`,
      },
    );
  }
  const { compresses } = writer;
  if (compresses === undefined) return { writer, name, options, isFolder, compress: choice.compress };
  const { compress = compresses } = choice;
  return { writer, name, options: { ...options, compress }, isFolder, compress: 'none' };
}

type NamedWriter = Pick<ChosenWriter, 'writer' | 'name' | 'options'>;

function chooseKnown(output: string | undefined, choice: WriterChoice): NamedWriter {
  const writer = pickWriter(output, choice.to);
  return { writer, name: { id: writer.id }, options: choice[writer.id as keyof WriterOptions] ?? {} };
}

async function loadOther({ module, options = {} }: OtherWriter): Promise<NamedWriter> {
  const writer = await loadWriter({ id: '', module });
  const rules = writer.options as Rules<WriteOptions>;
  return { writer, name: { id: writer.id, module }, options: record(rules).take(options, writer.id) };
}
