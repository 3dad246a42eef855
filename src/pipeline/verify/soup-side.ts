/** A mesh whose triangles come with their positions: read from the file itself, as often as needed. */

import type { Place } from '../../errors.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { planParsing } from '../../memory/plans.js';
import type { Precision } from '../../mesh.js';
import { explainError } from '../run/source-errors.js';
import { countThreads } from '../run/thread-count.js';
import { ParseThreads } from '../threads/parse-threads.js';
import { endSource } from './end-source.js';
import { isRepeatable, locateTriangles } from './find-place.js';
import type { OnStep, Side, SideOptions, TakeTriangles } from './side.js';

export class SoupSide implements Side {
  readonly name: string;
  readonly format: string;
  readonly precision: Precision;
  readonly expectedTriangles: number | undefined;
  readonly isRepeatable: boolean;
  private readonly hasPieces: boolean;

  /** `source` is open and unread; whoever opened it closes it, unless it is read. `reader` has only examined it. */
  constructor(
    private source: ByteSource | undefined,
    private readonly reading: Format,
    reader: MeshReader,
    private readonly options: SideOptions,
  ) {
    this.name = source!.name;
    this.format = reading.id;
    this.precision = reader.precision;
    this.expectedTriangles = reader.expectedTriangles;
    this.hasPieces = reader.hasPieces ?? false;
    this.isRepeatable = isRepeatable(this.name);
  }

  async read(take: TakeTriangles, step: OnStep): Promise<void> {
    const { salvage, maxBytes, signal, batchTriangles, memoryBytes, threads } = this.options;
    const isFirst = this.source !== undefined;
    const source = this.source ?? (await ByteSource.open(this.name, { salvage, maxBytes, signal }));
    this.source = undefined;
    // Recoverable problems are reported once.
    const warn = isFirst ? this.options.onWarning : () => undefined;
    const parse = planParsing(memoryBytes, countThreads(threads, this.expectedTriangles));
    const parsers = this.hasPieces && parse > 0 ? new ParseThreads(parse) : undefined;
    try {
      const reader = await this.reading.open(source, { batchTriangles, salvage, warn });
      const triangles = await readSoup(reader.items(parsers), take, step);
      await endSource(source, triangles, warn);
    } catch (error) {
      signal?.throwIfAborted();
      throw await explainError(error, this.name, source);
    } finally {
      await parsers?.stop();
      await source.close();
    }
  }

  locate(numbers: readonly number[]): Promise<ReadonlyMap<number, Place>> {
    return locateTriangles(this.name, this.reading, numbers, this.options);
  }
}

/** Passes on all triangles; returns their number. */
async function readSoup(
  items: ReturnType<MeshReader['items']>,
  take: TakeTriangles,
  step: OnStep,
): Promise<number> {
  let ids = new Float64Array(0);
  let number = 0;
  for await (const item of items) {
    if (item.kind !== 'soup') continue;
    const { positions, count } = item;
    if (ids.length < count) ids = new Float64Array(count);
    for (let k = 0; k < count; k++) ids[k] = number++;
    await take({ count, ids, positions });
    await step(count);
  }
  return number;
}
