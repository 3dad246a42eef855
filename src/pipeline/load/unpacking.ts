/** Reserves memory for decompressing a source. */
import { UsageError } from '../../errors.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { planUnpacking } from '../../memory/plans.js';
import { describeSource } from '../run/source-errors.js';

/**
 * Memory for decompressing the source, in bytes. Throws UsageError if too little memory remains for the run, which only a
 * large zstd window can cause.
 */
export function reserveForUnpacking(source: ByteSource, memoryBytes: number): number {
  if (source.compression === undefined) return 0;
  const { bytes, leastMemoryBytes } = planUnpacking(source.windowBytes);
  if (memoryBytes < leastMemoryBytes) {
    const size = Math.ceil(leastMemoryBytes / 2 ** 20);
    throw new UsageError(
      `${describeSource(source.name)}: decompression takes ${formatMebibytes(bytes)}; ` +
        `expected a memory of at least ${size} MiB`,
      { code: 'MEMORY_TOO_SMALL', hint: `use \`memoryBytes: ${size * 2 ** 20}\`` },
    );
  }
  return bytes;
}
