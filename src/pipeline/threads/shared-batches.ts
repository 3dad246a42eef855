/**
 * Batches copied into shared memory, so that sending a batch costs the same at any size. The memories are used in turn:
 * the caller makes sure that the batch that last used a memory has been processed.
 */
import type { Batch } from '../../weld/welding.js';

type Values = Float32Array | Float64Array | Int32Array | Uint16Array;

export class SharedBatches {
  private turn = 0;
  private readonly memories: readonly Map<string, Values>[];

  constructor(turns: number) {
    this.memories = Array.from({ length: turns }, () => new Map());
  }

  /** Copies the arrays of a batch to shared memory, without its places, which no thread uses. */
  copy(batch: Batch): Batch {
    const memory = this.memories[this.turn++ % this.memories.length]!;
    const copied: Record<string, unknown> = { ...batch, places: [] };
    for (const [name, value] of Object.entries(batch) as [string, unknown][]) {
      if (ArrayBuffer.isView(value)) copied[name] = share(memory, name, value as Values);
    }
    return copied as unknown as Batch;
  }
}

/**
 * Copies an array to shared memory. A memory is twice as long as the last if it is made again, so that it soon is as long
 * as the largest batch needs.
 */
function share(memory: Map<string, Values>, name: string, source: Values): Values {
  let target = memory.get(name);
  if (target === undefined || target.length < source.length) {
    const Kind = source.constructor as new (buffer: SharedArrayBuffer) => Values;
    const length = Math.max(source.length, 2 * (target?.length ?? 0));
    target = new Kind(new SharedArrayBuffer(length * source.BYTES_PER_ELEMENT));
    memory.set(name, target);
  }
  target.set(source as never);
  return target;
}
