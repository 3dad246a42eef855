/**
 * Batches copied into memory that threads share: a message that shows them costs nothing however large they are.
 * They are used in turn, so whoever copies sees to it that the batch before the last turn has been dealt with.
 */
import type { Batch } from '../../weld/welding.js';

type Values = Float32Array | Float64Array | Int32Array | Uint16Array;

export class SharedBatches {
  private turn = 0;
  private readonly memories: readonly Map<string, Values>[];

  constructor(turns: number) {
    this.memories = Array.from({ length: turns }, () => new Map());
  }

  /** The batch with its arrays in shared memory, and without its places, which no thread asks for. */
  copy(batch: Batch): Batch {
    const memory = this.memories[this.turn++ % this.memories.length]!;
    const copied: Record<string, unknown> = { ...batch, places: [] };
    for (const [name, value] of Object.entries(batch) as [string, unknown][]) {
      if (ArrayBuffer.isView(value)) copied[name] = share(memory, name, value as Values);
    }
    return copied as unknown as Batch;
  }
}

/** Lent arrays are as long as the largest batch needs, so that each is made once. */
function share(memory: Map<string, Values>, name: string, source: Values): Values {
  let target = memory.get(name);
  if (target === undefined || target.length < source.length) {
    const Kind = source.constructor as new (buffer: SharedArrayBuffer) => Values;
    target = new Kind(new SharedArrayBuffer(source.byteLength));
    memory.set(name, target);
  }
  target.set(source as never);
  return target;
}
