/** The output of an OFF, checked before any work is done. */
import { UsageError } from '../../errors.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { outputName } from '../../io/output/output-check.js';

interface TargetOptions {
  readonly json?: boolean | undefined;
  readonly binary?: boolean | undefined;
  readonly compress?: CompressionChoice | undefined;
}

/**
 * The normalized name of an output, which is `-` for each name of standard output. Throws UsageError if --json and the
 * OFF would both go to standard output, or if binary data would go to a terminal.
 */
export function checkTarget(output: string, { json, binary, compress }: TargetOptions): string {
  const target = outputName(output);
  if (target !== '-') return target;
  if (json) {
    throw new UsageError('--json and the OFF cannot both go to standard output; expected an output file');
  }
  const isCompressed = compress !== undefined && compress !== 'none';
  if (process.stdout.isTTY && (binary || isCompressed)) {
    const what = isCompressed ? `${compress} data` : 'binary OFF';
    throw new UsageError(`${what} cannot be shown on a terminal; expected an output file or a pipe`, {
      hint: 'name an output file, or redirect standard output with > or |',
    });
  }
  return target;
}

/** The name of an output in messages. */
export function nameForPeople(target: string): string {
  return target === '-' ? 'standard output' : target;
}
