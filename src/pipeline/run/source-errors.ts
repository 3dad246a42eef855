/** Errors of a source as users see them: with its name and the underlying cause. */

import { FormatError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES } from '../../memory.js';
import { countOf } from '../../wording.js';

/** Content read after an error to find out whether the compressed data is damaged. */
const LOOK_AHEAD_BYTES = 64 * 2 ** 20;

/**
 * Explains an error that occurred while an open source was read; only FormatErrors change. If the file was changed
 * meanwhile, returns that error instead.
 */
export async function explainError(
  error: unknown,
  input: string,
  source: ByteSource | undefined,
): Promise<unknown> {
  if (!(error instanceof FormatError)) return error;
  try {
    await source?.checkUnchanged();
  } catch (change) {
    return change;
  }
  return (await findCause(error, source)).in(describeSource(input));
}

/**
 * Finds the cause of an error: damaged compressed data often yields wrong content before the damage is detected. Reads at
 * most {@link LOOK_AHEAD_BYTES} ahead.
 */
async function findCause(error: FormatError, source: ByteSource | undefined): Promise<FormatError> {
  if (source?.compression === undefined) return error;
  const scratch = new Uint8Array(CHUNK_BYTES);
  const limit = source.bytesRead + LOOK_AHEAD_BYTES;
  try {
    while (source.bytesRead < limit && (await source.read(scratch)) > 0);
  } catch (damage) {
    if (damage instanceof FormatError) return damage;
    throw damage;
  }
  return error;
}

/** The name of a source in messages. */
export function describeSource(name: string): string {
  return name === '-' ? 'standard input' : name;
}

/** The name of one input, or the number of several, in messages. */
export function describeInputs(names: readonly string[]): string {
  return names.length === 1 ? describeSource(names[0]!) : countOf(names.length, 'input');
}
