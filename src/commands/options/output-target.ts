/** Checks the destination of an output before any work is done for it. */
import { UsageError } from '../../errors.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { outputName } from '../../io/output/output-check.js';
import { type OutputFormat, pickWriter } from '../../pipeline/run/output-writer.js';

interface TargetOptions {
  readonly to?: OutputFormat | undefined;
  readonly json?: boolean | undefined;
  readonly binary?: boolean | undefined;
  readonly ascii?: boolean | undefined;
  readonly compress?: CompressionChoice | undefined;
}

/**
 * Returns the name of the output for all other code: `-` for each name of standard output. Throws UsageError if --json
 * would also print to standard output, or if a terminal would get bytes that are not text.
 */
export function checkTarget(output: string, { to, json, binary, ascii, compress }: TargetOptions): string {
  const target = outputName(output);
  if (target !== '-') return target;
  const writer = pickWriter(target, to);
  if (json) {
    throw new UsageError(
      `--json and the ${writer.title} cannot both go to standard output; expected an output file`,
    );
  }
  const isCompressed = compress !== undefined && compress !== 'none';
  if (process.stdout.isTTY && (writer.isBinary({ binary, ascii }) || isCompressed)) {
    const what = isCompressed ? `${compress} data` : `binary ${writer.title}`;
    throw new UsageError(`${what} cannot be shown on a terminal; expected an output file or a pipe`, {
      hint: 'name an output file, or redirect standard output with > or |',
    });
  }
  return target;
}

/** Returns the name of an output for messages. */
export function nameForPeople(target: string): string {
  return target === '-' ? 'standard output' : target;
}
