/** Converts many files, each to an output of its own, side by side. */
import { dirname, join } from 'node:path';
import { MeshError, UsageError, unpackError } from '../errors.js';
import { endingOf } from '../io/compression/compression.js';
import { ensureFolder, findOtherKind, removeFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import { planSideBySide } from '../memory/plans.js';
import { INPUTS_MAX } from '../memory.js';
import type { Warning } from '../mesh.js';
import { listener, listOf, omitRules, type Rules, type Taken, takeOptions } from '../options.js';
import { countOf } from '../wording.js';
import { CONVERT_OPTIONS, type ConvertOptions, type ConvertResult, convertMesh } from './convert-mesh.js';
import { checkFolderName, stemOf } from './run/output-names.js';
import { chooseWriter } from './run/output-writer.js';
import { countThreads } from './run/thread-count.js';
import { checkSelection } from './select-mesh.js';
import type { ConvertReply, ConvertRequest } from './threads/roles/convert-role.js';
import { Thread } from './threads/thread.js';

/** Options of {@link convertEach}. They apply to each file, except `memoryBytes` and `threads`, which all files share. */
export interface ConvertEachOptions
  extends Omit<
    ConvertOptions,
    // They make no sense for many files, or cannot be passed to a thread.
    | 'guardQuery'
    | 'intervalMs'
    | 'keep'
    | 'onCheckpoint'
    | 'onForecast'
    | 'onKept'
    | 'onNote'
    | 'onProgress'
    | 'onResume'
    | 'onSuspend'
    | 'onWarning'
    | 'spaceOf'
  > {
  /** The folder of the outputs, which is created if it does not exist (default: the folder of each input). */
  readonly folder?: string | URL | undefined;
  /** Called after each file, in the order in which they end. */
  readonly onFile?: ((file: EachFile) => void) | undefined;
}

type OptionOfOne = Exclude<keyof ConvertOptions, keyof ConvertEachOptions>;

const OPTIONS_OF_ONE: Readonly<Record<OptionOfOne, true>> = {
  guardQuery: true,
  intervalMs: true,
  keep: true,
  onCheckpoint: true,
  onForecast: true,
  onKept: true,
  onNote: true,
  onProgress: true,
  onResume: true,
  onSuspend: true,
  onWarning: true,
  spaceOf: true,
};

/** The rules for {@link ConvertEachOptions}. */
export const CONVERT_EACH_OPTIONS: Rules<ConvertEachOptions> = {
  ...omitRules<ConvertOptions, OptionOfOne>(CONVERT_OPTIONS, Object.keys(OPTIONS_OF_ONE) as OptionOfOne[]),
  folder: filePath,
  onFile: listener,
};

/** A file that was converted. */
export interface ConvertedFile {
  readonly input: string;
  readonly output: string;
  /** The counts of the output. */
  readonly triangles: number;
  readonly vertices: number;
  /** Size of the output, as compressed. */
  readonly bytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/** A file that could not be converted; it has no output. */
export interface FailedFile {
  readonly input: string;
  readonly output: string;
  readonly error: MeshError;
}

export type EachFile = ConvertedFile | FailedFile;

export interface ConvertEachResult {
  /** The files in the order of the inputs. */
  readonly files: readonly EachFile[];
  /** The number of files that were converted. */
  readonly converted: number;
  /** The number of files that failed. */
  readonly failed: number;
}

/**
 * Converts each file to an output of its own: `scan.stl` to `scan.off`, beside it or in `folder`. As many files as there
 * are threads are converted at a time, if each gets at least {@link MEMORY_MINIMUM} of the memory. A file that fails does
 * not end the run; its error is in the result. Throws UsageError if options are wrong, or if two inputs would have the
 * same output. After an abort, finished outputs remain, and nothing else.
 */
export async function convertEach(
  inputs: readonly (string | URL)[],
  options: ConvertEachOptions = {},
): Promise<ConvertEachResult> {
  const paths = listOf(filePath, 'paths or file URLs').take(inputs, 'inputs');
  const taken = takeOptions(options, CONVERT_EACH_OPTIONS);
  const { folder, onFile, signal, ...shared } = taken;
  const requests = await planOutputs(paths, taken);
  const { jobs, ...share } = planSideBySide(shared, countThreads(shared.threads, undefined), requests.length);
  const each: ConvertOptions = { ...shared, ...share };
  signal?.throwIfAborted();
  const isNewFolder = folder !== undefined && findOtherKind(folder) === undefined;
  if (folder !== undefined) ensureFolder(folder);
  const files: EachFile[] = new Array(requests.length);
  let next = 0;
  /** Converts one file after another until there are no more. */
  const convertAll = async (convert: (request: ConvertRequest) => Promise<EachFile>) => {
    while (next < requests.length) {
      const index = next++;
      const file = await convert(requests[index]!);
      // A wrong condition is wrong for all files.
      if ('error' in file && file.error.code === 'SQL_INVALID') throw file.error;
      files[index] = file;
      onFile?.(file);
    }
  };
  try {
    if (jobs === 1) await convertAll((request) => convertHere(request, { ...each, signal }));
    else await convertInThreads(jobs, each, signal, convertAll);
  } finally {
    if (isNewFolder) removeFolder(folder);
  }
  const failed = files.filter((file) => 'error' in file).length;
  return { files, converted: files.length - failed, failed };
}

/** Names the output of each input. Checks all that can be checked before the first file is read. */
async function planOutputs(
  inputs: readonly string[],
  options: Taken<ConvertEachOptions>,
): Promise<readonly ConvertRequest[]> {
  const { folder, compress } = options;
  if (inputs.length > INPUTS_MAX) {
    throw new UsageError(`${countOf(inputs.length, 'input file')}; expected at most ${INPUTS_MAX}`);
  }
  if (inputs.includes('-')) {
    throw new UsageError('standard input has no name to derive an output name from; expected files');
  }
  if (folder === '-') throw new UsageError('several outputs cannot go to standard output; expected a folder');
  if (folder !== undefined) checkFolderName(folder);
  const { writer } = await chooseWriter(undefined, options);
  checkSelection(options);
  const extension = `.${writer.extensions[0]}${endingOf(compress)}`;
  const inputOf = new Map<string, string>();
  return inputs.map((input) => {
    const output = join(folder ?? dirname(input), stemOf(input) + extension);
    const other = inputOf.get(output);
    if (other !== undefined) {
      throw new UsageError(`${other} and ${input} would have the same output, ${output}`, {
        hint: 'convert them one by one, or into different folders',
      });
    }
    inputOf.set(output, input);
    return { input, output };
  });
}

/** Converts one file in this thread. */
async function convertHere(request: ConvertRequest, options: ConvertOptions): Promise<EachFile> {
  const { input, output } = request;
  try {
    return describeResult(request, await convertMesh(input, output, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof MeshError) return { input, output, error };
    throw error;
  }
}

/** Converts files in threads. After an error or an abort, ends the threads before it throws. */
async function convertInThreads(
  count: number,
  options: ConvertOptions,
  signal: AbortSignal | undefined,
  convertAll: (convert: (request: ConvertRequest) => Promise<EachFile>) => Promise<void>,
): Promise<void> {
  const threads = Array.from(
    { length: count },
    () => new Thread<ConvertRequest, ConvertReply>('convert', options),
  );
  let stopping: Promise<unknown> | undefined;
  const stop = () => {
    stopping ??= Promise.all(threads.map((thread) => thread.stop()));
    return stopping;
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(
      threads.map((thread) =>
        convertAll(async (request) => {
          const reply = await thread.ask(request);
          if ('result' in reply) return describeResult(request, reply.result);
          return { ...request, error: unpackError(reply.error) as MeshError };
        }),
      ),
    );
  } catch (error) {
    // After an abort, all that is known here is that the threads have ended.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await stop();
  }
}

function describeResult(
  { input, output }: ConvertRequest,
  { written, warnings }: ConvertResult,
): ConvertedFile {
  const { triangles, vertices, bytes } = written;
  return { input, output, triangles, vertices, bytes, warnings };
}
