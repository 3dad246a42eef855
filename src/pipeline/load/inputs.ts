/**
 * The inputs of a load. Each is examined before the first is read: only then is it known whether all are soup, and whether
 * all positions are float32. They are then opened again, one at a time.
 */
import { FileError, MeshError, UsageError } from '../../errors.js';
import { detectFormat } from '../../formats/detect.js';
import type { Format, MeshReader, SavedReader } from '../../formats/format.js';
import type { PieceParsers } from '../../formats/pieces.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { isFile } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { planHolding } from '../../memory/plans.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshItem, Precision, Warning } from '../../mesh.js';
import type { Layout } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { DiskWatch } from '../run/disk-watch.js';
import { WarningTally } from '../run/progress.js';
import { describeSource, explainError } from '../run/source-errors.js';
import { tellBytes } from './load-progress.js';
import type { ReadingSettings } from './reading-options.js';
import { reserveForUnpacking } from './unpacking.js';

/** The smallest content that parse threads help with, in bytes. */
const PIECES_BYTES_MIN = 2 ** 20;
/** The fewest triangles in a batch unless the option is smaller, and bytes of a source for each further one. */
const BATCH_MIN = 256;
const TRIANGLE_BYTES = 32;

/** An input that is open and whose head has been parsed. */
export interface OpenInput {
  readonly source: ByteSource;
  readonly format: Format;
  readonly reader: MeshReader;
  /** Why it is in this format, as a clause. */
  readonly reason: string;
  /** The warnings of this input. */
  readonly warnings: WarningTally;
}

/** What is known about an input before it is read. */
export interface InputFacts {
  /** Its path, or `-`. */
  readonly name: string;
  readonly format: Format;
  /** Size of the stored file in bytes, undefined for a pipe; and its modification time. */
  readonly fileSize: number | undefined;
  readonly modified: Date | undefined;
  /** Size of the content in bytes, undefined if not known in advance. */
  readonly contentSize: number | undefined;
  readonly compression: CompressionId | undefined;
  readonly layout: Layout;
  readonly precision: Precision;
  readonly expectedTriangles: number | undefined;
  readonly hasPieces: boolean;
  /** Memory for decompressing it and for what its reader holds, in bytes. */
  readonly unpackingBytes: number;
  /** Bytes that its reader still writes to a copy on disk. */
  readonly keptBytes: number;
}

/** What is known about all inputs together. */
export interface InputTotals {
  /** Indexed if any input is. */
  readonly layout: Layout;
  /** float32 if that of all inputs is. */
  readonly precision: Precision;
  /** The sum of the approximate numbers; undefined if that of an input is not known. */
  readonly expectedTriangles: number | undefined;
  /** Bytes of all inputs as stored; undefined if not known. */
  readonly fileBytes: number | undefined;
  /** Bytes of their content; undefined if not known. */
  readonly contentBytes: number | undefined;
  /** Whether parse threads can read any of them in pieces. */
  readonly hasPieces: boolean;
  /** The most that any of them takes. */
  readonly unpackingBytes: number;
  readonly keptBytes: number;
}

/** How inputs are opened. */
interface ExamineOptions {
  /** Whether to compute the digests of the files. */
  readonly hasDigest: boolean;
  /** The folder for a copy of an input that must be read out of order. */
  readonly copyFolder: string;
}

/** An input left out with `skipBad`, and why. */
export interface SkippedInput {
  readonly file: string;
  readonly error: string;
}

export class Inputs {
  readonly facts: InputFacts[] = [];
  readonly skipped: SkippedInput[] = [];
  /** The warnings of all inputs. */
  readonly warnings: WarningTally;
  /** Inputs that are still open from the examination: the only one, and those that cannot be read twice. */
  private readonly open = new Map<number, OpenInput>();
  private current: OpenInput | undefined;
  private summed: InputTotals | undefined;
  private readonly scratch = new Uint8Array(CHUNK_BYTES);

  private constructor(
    private readonly count: number,
    private readonly options: ReadingSettings,
    private readonly examining: ExamineOptions,
  ) {
    this.warnings = new WarningTally(options.onWarning);
  }

  /**
   * Examines all inputs. Those that cannot be read are left out with `skipBad`, which reads each completely for that. Throws
   * UsageError, FileError, FormatError.
   */
  static async examine(
    names: readonly string[],
    options: ReadingSettings,
    examining: ExamineOptions,
  ): Promise<Inputs> {
    if (options.skipBad && names.includes('-')) {
      throw new UsageError('standard input cannot be read twice; expected files', { option: 'skipBad' });
    }
    const inputs = new Inputs(names.length, options, examining);
    try {
      for (const name of names) await inputs.examineOne(name);
    } catch (error) {
      await inputs.close();
      throw error;
    }
    if (inputs.facts.length > 0) return inputs;
    throw new FileError(`none of ${countOf(names.length, 'input')} can be read: ${inputs.skipped[0]!.error}`);
  }

  /** What is known about all inputs together. */
  get totals(): InputTotals {
    this.summed ??= sumUp(this.facts);
    return this.summed;
  }

  /**
   * Opens an input for reading; it is current until it is released. Files can be taken again, with `warns` false. Throws
   * FileError if it has changed since the examination.
   */
  async take(index: number, warns = true): Promise<OpenInput> {
    const kept = this.open.get(index);
    this.open.delete(index);
    const input = kept ?? (await this.openInput(this.facts[index]!.name, warns));
    this.current = input;
    if (kept === undefined) checkSame(input, this.facts[index]!);
    return input;
  }

  /** Closes the current input. */
  async release(): Promise<void> {
    await this.current?.source.close();
    this.current = undefined;
  }

  /** Reads the current input to its end, of which `triangles` have been read, and warns of what is wrong there. */
  async end({ source, warnings }: OpenInput, triangles: number, warns = true): Promise<void> {
    await source.drain(this.scratch);
    if (!warns) return;
    const warn = (kind: string, message: string) => this.warn(source.name, { kind, message }, warnings);
    if (source.cut !== undefined) warn(`${source.compression}-cut`, source.cut.message);
    if (triangles === 0) warn('no-triangles', 'the source holds no triangle');
  }

  /** Adds a warning of an input to its own, and to those of all. */
  private warn(name: string, { kind, message }: Warning, own: WarningTally): void {
    own.add({ kind, message });
    const prefix = this.count === 1 ? '' : `${describeSource(name)}: `;
    this.warnings.add({ kind, message: prefix + message });
  }

  /** Explains an error that may have been thrown while the current input was read. */
  explain(error: unknown): Promise<unknown> | unknown {
    const { current } = this;
    return current === undefined ? error : explainError(error, current.source.name, current.source);
  }

  /** Closes everything. Must always be called. */
  async close(): Promise<void> {
    await this.release();
    for (const { source } of this.open.values()) await source.close();
    this.open.clear();
  }

  private async examineOne(name: string): Promise<void> {
    const { signal, skipBad, memoryBytes } = this.options;
    signal?.throwIfAborted();
    let input: OpenInput | undefined;
    try {
      const isKept = !skipBad && (this.count === 1 || !isFile(name));
      // An input that is opened again warns then.
      input = await this.openInput(name, isKept);
      if (!skipBad) return await this.add(input, isKept);
      reserveForUnpacking(input.source, memoryBytes);
      for await (const _ of input.reader.items()) signal?.throwIfAborted();
      await input.source.drain(this.scratch);
      await this.add(input, false);
    } catch (error) {
      signal?.throwIfAborted();
      const explained = await explainError(error, name, input?.source);
      await input?.source.close();
      if (!skipBad || !(explained instanceof MeshError)) throw explained;
      this.skipped.push({ file: name, error: explained.message });
      this.warnings.add({ kind: `input-skipped of ${name}`, message: `skipped: ${explained.message}` });
    }
  }

  private async openInput(name: string, warns = true): Promise<OpenInput> {
    const { salvage, maxBytes, signal, spaceOf } = this.options;
    const { hasDigest, copyFolder } = this.examining;
    // Content that is kept on disk may be larger than any forecast.
    const watch = new DiskWatch([copyFolder], spaceOf);
    let source: ByteSource | undefined;
    try {
      source = await ByteSource.open(name, {
        digest: hasDigest,
        salvage,
        maxBytes,
        signal,
        tempFolder: copyFolder,
        onPass: (keptBytes) => {
          signal?.throwIfAborted();
          watch.check(keptBytes);
          // A reader may take long before its first item.
          if (this.count === 1 && source !== undefined) {
            tellBytes(source.fileBytesDone, source.fileSize, 0, 0, this.options);
          }
        },
      });
      return await this.parseHead(source, warns);
    } catch (error) {
      signal?.throwIfAborted();
      const explained = await explainError(error, name, source);
      await source?.close();
      throw explained;
    }
  }

  private async parseHead(source: ByteSource, warns = true): Promise<OpenInput> {
    const { salvage, from, memoryBytes } = this.options;
    const batchTriangles = Math.min(this.options.batchTriangles, batchRoom(source.size));
    const warnings = new WarningTally();
    const warn = (warning: Warning) => {
      if (warns) this.warn(source.name, warning, warnings);
    };
    const { format, reason } = detectFormat(source, from);
    const heldBytes = planHolding(memoryBytes);
    const reader = await format.open(source, { batchTriangles, salvage, warn, heldBytes });
    return { source, format, reason, warnings, reader };
  }

  private async add(input: OpenInput, isKept: boolean): Promise<void> {
    const { source, format, reader, reason } = input;
    const { name, fileSize, modified, size: contentSize, compression } = source;
    const packed = compression === undefined ? '' : `, compressed with ${compression}`;
    this.options.onNote?.(`${describeSource(name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);
    const { layout, precision, expectedTriangles, hasPieces = false, heldBytes = 0, keptBytes = 0 } = reader;
    const unpackingBytes = reserveForUnpacking(source, this.options.memoryBytes) + heldBytes;
    const known = { name, format, fileSize, modified, contentSize, compression };
    if (isKept) this.open.set(this.facts.length, input);
    else await source.close();
    this.facts.push({ ...known, layout, precision, expectedTriangles, hasPieces, unpackingBytes, keptBytes });
  }
}

/** Reads an input, from `start` on if given; `parsers` help if it is large. Throws FormatError, FileError. */
export function readItems(
  { source, reader }: OpenInput,
  parsers: PieceParsers | undefined,
  start?: SavedReader,
): AsyncIterable<MeshItem> {
  // The buffers for pieces are large; a small file is parsed here in less time than it takes to make them.
  const isSmall = source.size !== undefined && source.size < PIECES_BYTES_MIN;
  return reader.items(isSmall ? undefined : parsers, start);
}

/** The most triangles in a batch of a source: the arrays of a small one are small, as there may be thousands of them. */
function batchRoom(size: number | undefined): number {
  if (size === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(BATCH_MIN, Math.ceil(size / TRIANGLE_BYTES));
}

function sumUp(facts: readonly InputFacts[]): InputTotals {
  const most = (numbers: readonly number[]) => numbers.reduce((max, number) => Math.max(max, number), 0);
  return {
    layout: facts.some(({ layout }) => layout === 'indexed') ? 'indexed' : 'soup',
    precision: facts.some(({ precision }) => precision === 'float64') ? 'float64' : 'float32',
    expectedTriangles: sumOf(facts.map(({ expectedTriangles }) => expectedTriangles)),
    fileBytes: sumOf(facts.map(({ fileSize }) => fileSize)),
    contentBytes: sumOf(facts.map(({ contentSize }) => contentSize)),
    hasPieces: facts.some(({ hasPieces }) => hasPieces),
    // One input is open at a time.
    unpackingBytes: most(facts.map(({ unpackingBytes }) => unpackingBytes)),
    keptBytes: most(facts.map(({ keptBytes }) => keptBytes)),
  };
}

/** Sums numbers; undefined if any is. */
function sumOf(numbers: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const number of numbers) {
    if (number === undefined) return undefined;
    sum += number;
  }
  return sum;
}

/** Throws FileError if an input is no longer what it was when it was examined. */
function checkSame({ source, reader }: OpenInput, facts: InputFacts): void {
  const isSame =
    source.fileSize === facts.fileSize &&
    source.modified?.getTime() === facts.modified?.getTime() &&
    reader.layout === facts.layout &&
    reader.precision === facts.precision;
  if (isSame) return;
  throw new FileError(`${source.name}: has changed since this run began; expected an unchanged file`, {
    code: 'SOURCE_CHANGED',
    hint: 'wait until no other program writes to the file',
  });
}
