/** What goes wrong with a source, as a user is to see it: with its name, and with the cause behind it. */

import { FormatError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES } from '../../memory.js';

/** Content read behind an error to see whether its compressed form is damaged. */
const LOOK_AHEAD_BYTES = 64 * 2 ** 20;

/**
 * An error that was met while a source was read, which is still open; anything but FormatErrors stays as it is. What is
 * found wrong with a file that was being changed is the fault of that.
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
 * The error that explains an error: damaged compressed data often becomes wrong content before it is found to be
 * damaged. Reads on for {@link LOOK_AHEAD_BYTES} at the most.
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

/** The source's name in messages. */
export function describeSource(name: string): string {
  return name === '-' ? 'standard input' : name;
}
