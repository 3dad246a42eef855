/**
 * The inputs of a load. Each is examined before the first is read: only then is it known whether all are soup, and whether
 * all positions are float32. They are then opened again, one at a time.
 */
import { FileError, MeshError, UsageError } from '../../errors.js';
import { detectFormat } from '../../formats/detect.js';
import type { Format, MeshReader } from '../../formats/format.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { isFile } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { planHolding } from '../../memory/plans.js';
import type { Precision, Warning } from '../../mesh.js';
import type { Layout } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { DiskWatch } from '../run/disk-watch.js';
import { WarningTally } from '../run/progress.js';
import { describeSource, explainError } from '../run/source-errors.js';
import type { ReadingSettings } from './reading-options.js';
import { reserveForUnpacking } from './unpacking.js';

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
  /** Size of the stored file in bytes, undefined for a pipe; and its modification time. */
  readonly fileSize: number | undefined;
  readonly modified: Date | undefined;
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

  /** The only input, whose source is already open and unread. Throws UsageError, FormatError. */
  static async of(source: ByteSource, options: ReadingSettings, copyFolder: string): Promise<Inputs> {
    const inputs = new Inputs(1, options, { hasDigest: false, copyFolder });
    await inputs.add(await inputs.parseHead(source), true);
    return inputs;
  }

  /** Opens an input for reading; it is current until it is closed. Throws FileError if it has changed since. */
  async take(index: number): Promise<OpenInput> {
    const kept = this.open.get(index);
    this.open.delete(index);
    const input = kept ?? (await this.openInput(this.facts[index]!.name));
    this.current = input;
    if (kept === undefined) checkSame(input, this.facts[index]!);
    return input;
  }

  /** Closes the current input. */
  async release(): Promise<void> {
    await this.current?.source.close();
    this.current = undefined;
  }

  /** Adds a warning of an input to its own, and to those of all. */
  warn(name: string, { kind, message }: Warning, own: WarningTally): void {
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
      await input.source.drain(new Uint8Array(2 ** 16));
      await this.add(input, false);
    } catch (error) {
      signal?.throwIfAborted();
      const explained = await explainError(error, name, input?.source);
      await input?.source.close();
      if (!skipBad || !(explained instanceof MeshError)) throw explained;
      this.skipped.push({ file: name, error: explained.message });
      this.warnings.add({ kind: 'input-skipped', message: `skipped: ${explained.message}` });
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
    const { name, fileSize, modified, compression } = source;
    const packed = compression === undefined ? '' : `, compressed with ${compression}`;
    this.options.onNote?.(`${describeSource(name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);
    const { layout, precision, expectedTriangles, hasPieces = false, heldBytes = 0, keptBytes = 0 } = reader;
    const unpackingBytes = reserveForUnpacking(source, this.options.memoryBytes) + heldBytes;
    const known = { name, fileSize, modified, compression };
    if (isKept) this.open.set(this.facts.length, input);
    else await source.close();
    this.facts.push({ ...known, layout, precision, expectedTriangles, hasPieces, unpackingBytes, keptBytes });
  }
}

/** The most triangles in a batch of a source: the arrays of a small one are small, as there may be thousands of them. */
function batchRoom(size: number | undefined): number {
  if (size === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(BATCH_MIN, Math.ceil(size / TRIANGLE_BYTES));
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
