/** Meshes whose triangles come with their positions: read from the files themselves, as often as needed. */

import type { MeshReader } from '../../formats/format.js';
import { planParsing } from '../../memory/plans.js';
import type { Precision } from '../../mesh.js';
import { type Inputs, readItems } from '../load/inputs.js';
import { countThreads } from '../run/thread-count.js';
import { ParseThreads } from '../threads/parse-threads.js';
import { type FilePlace, isRepeatable, locateTriangles } from './find-place.js';
import type { OnStep, Side, SideOptions, TakeTriangles } from './side.js';

export class SoupSide implements Side {
  readonly precision: Precision;
  readonly expectedTriangles: number | undefined;
  readonly isRepeatable: boolean;
  /** The number of triangles in each input; empty until they have been read. */
  private counts: number[] = [];

  /** `inputs` have been examined; whoever opened them closes them. */
  constructor(
    private readonly inputs: Inputs,
    private readonly options: SideOptions,
  ) {
    const { precision, expectedTriangles } = inputs.totals;
    this.precision = precision;
    this.expectedTriangles = expectedTriangles;
    this.isRepeatable = inputs.facts.every(({ name }) => isRepeatable(name));
  }

  async read(take: TakeTriangles, step: OnStep): Promise<void> {
    const { inputs, options } = this;
    const { signal, memoryBytes, threads } = options;
    // Recoverable problems are reported once.
    const warns = this.counts.length === 0;
    const parse = planParsing(memoryBytes, countThreads(threads, this.expectedTriangles));
    const parsers = inputs.totals.hasPieces && parse > 0 ? new ParseThreads(parse) : undefined;
    const counts: number[] = [];
    let number = 0;
    try {
      for (const index of inputs.facts.keys()) {
        const input = await inputs.take(index, warns);
        const count = await readSoup(readItems(input, parsers), number, take, step);
        await inputs.end(input, count, warns);
        await inputs.release();
        counts.push(count);
        number += count;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw await inputs.explain(error);
    } finally {
      await parsers?.stop();
      await inputs.release();
    }
    this.counts = counts;
  }

  locate(numbers: readonly number[]): Promise<ReadonlyMap<number, FilePlace>> {
    return locateTriangles(this.inputs.facts, this.counts, numbers, this.options);
  }
}

/** Passes on all triangles, numbered from `first` on; returns how many there are. */
async function readSoup(
  items: ReturnType<MeshReader['items']>,
  first: number,
  take: TakeTriangles,
  step: OnStep,
): Promise<number> {
  let ids = new Float64Array(0);
  let number = first;
  for await (const item of items) {
    if (item.kind !== 'soup') continue;
    const { positions, count } = item;
    if (ids.length < count) ids = new Float64Array(count);
    for (let k = 0; k < count; k++) ids[k] = number++;
    await take({ count, ids, positions });
    await step(count);
  }
  return number - first;
}
