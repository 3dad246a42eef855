/** Predicts how well-known programs read an OFF file. */
import { FormatError } from '../errors.js';
import { detectFormat } from '../formats/detect.js';
import { findForeignKind } from '../formats/foreign.js';
import { FORMATS } from '../formats/index.js';
import { filePath } from '../io/file-path.js';
import { ByteSource } from '../io/input/byte-source.js';
import type { OffFacts } from '../lint/facts.js';
import { gatherFacts } from '../lint/lint.js';
import { type Judgement, judge, type OffReader } from '../lint/reader.js';
import { OFF_READERS } from '../lint/readers.js';
import type { Warning } from '../mesh.js';
import { listOf, type Rules, ruleOf, takeOptions } from '../options.js';
import { RUN_OPTIONS, type RunOptions, WarningTally } from './run/progress.js';
import { explainError } from './run/source-errors.js';

const off = FORMATS.find(({ id }) => id === 'off')!;

export interface LintOptions extends Pick<RunOptions, 'signal' | 'onProgress' | 'onWarning'> {
  /** The readers to judge (default: all of {@link OFF_READERS}). */
  readonly readers?: readonly OffReader[] | undefined;
}

/** The rules for {@link LintOptions}. */
export const LINT_OPTIONS: Rules<LintOptions> = {
  signal: RUN_OPTIONS.signal,
  onProgress: RUN_OPTIONS.onProgress,
  onWarning: RUN_OPTIONS.onWarning,
  readers: listOf(ruleOf<OffReader>('one of OFF_READERS, or the like', isProgram), 'readers'),
};

function isProgram(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rules' in value && Array.isArray(value.rules);
}

export interface LintResult {
  readonly facts: OffFacts;
  /** One for each reader, in their order. */
  readonly judgements: readonly Judgement[];
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/**
 * Reads an OFF file, or standard input if `input` is `-`, once and predicts how each reader handles it. Throws FileError,
 * and FormatError if the input is not OFF or is damaged.
 */
export async function lintOff(input: string | URL, options: LintOptions = {}): Promise<LintResult> {
  return lint(filePath.take(input, 'input'), takeOptions(options, LINT_OPTIONS));
}

async function lint(input: string, options: LintOptions): Promise<LintResult> {
  const { signal, onProgress, readers = OFF_READERS } = options;
  const warnings = new WarningTally(options.onWarning);
  let source: ByteSource | undefined;
  try {
    source = await ByteSource.open(input, { signal });
    checkFormat(source);
    const { fileSize } = source;
    const tell = (done: number, vertices: number, triangles: number) => {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'import', done, total: fileSize, unit: 'bytes', triangles, vertices });
    };
    const opened = source;
    const facts = await gatherFacts(opened, {
      warn: (warning) => warnings.add(warning),
      onBatch: (vertices, faces) => tell(opened.fileBytesRead, vertices, faces),
    });
    return { facts, judgements: readers.map((reader) => judge(facts, reader)), warnings: warnings.list() };
  } catch (error) {
    signal?.throwIfAborted();
    throw await explainError(error, input, source);
  } finally {
    await source?.close();
  }
}

/** Throws if the source is known to be something else. OFF needs no keyword, so its reader decides otherwise. */
function checkFormat(source: ByteSource): void {
  const { head, size, name } = source;
  if (off.sniff(head, size) !== undefined) return;
  for (const format of FORMATS) {
    const reason = format.sniff(head, size);
    if (reason === undefined) continue;
    throw new FormatError(`${format.name}: ${reason}; expected OFF`, {
      place: { offset: 0 },
      code: 'FORMAT_UNKNOWN',
      hint: 'convert it with `convertMesh`',
    });
  }
  if (findForeignKind(head, name) !== undefined) detectFormat(source);
}
