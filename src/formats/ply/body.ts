/** Reads the data of a PLY file, element by element, as text or binary, and handles truncation. */

import { describePlace, FormatError, TRUNCATED } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { ByteWindow } from '../../io/input/byte-window.js';
import type { MeshItem, Precision } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import type { ReadOptions, ReadStart, SavedReader } from '../format.js';
import { BinaryReader } from './binary.js';
import type { BodyReader } from './body-reader.js';
import { MeshCollector, type SavedCollector } from './collect.js';
import type { PlyHeader } from './header.js';
import type { ColorRanges, ElementPlan, PlyPlan } from './plan.js';
import { AsciiReader, hasLineRecords } from './text/ascii.js';

/** The state of a body between two items, as plain data. */
interface SavedBody {
  /** The current element, among those that have data. */
  readonly element: number;
  readonly reader: object;
  readonly collector: SavedCollector;
}

/** Reads the mesh after a header; the source has not been read from yet. */
export class Body {
  private readonly window: ByteWindow;
  private readonly collector: MeshCollector;
  private readonly reader: BodyReader;
  private readonly elements: readonly ElementPlan[];
  private element = 0;

  constructor(
    source: ByteSource,
    private readonly header: PlyHeader,
    plan: PlyPlan,
    ranges: ColorRanges,
    private readonly options: ReadOptions,
  ) {
    const isAscii = header.encoding === 'ascii';
    const precision: Precision = isAscii ? 'float64' : plan.precision;
    const isWhole = source.size === source.head.length;
    const window = new ByteWindow(source);
    const collector = new MeshCollector(precision, plan.vertexCount, ranges, options);
    this.window = window;
    this.collector = collector;
    this.reader = isAscii
      ? new AsciiReader(window, header, collector, hasLineRecords(source.head, header, isWhole), options)
      : new BinaryReader(window, header, collector);
    // A record without properties is an empty line, or nothing.
    this.elements = plan.elements.filter(({ element }) => element.count > 0 && element.properties.length > 0);
  }

  /** Yields the items, from `start` on if given. */
  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { window, collector, reader, elements, options } = this;
    const place = () => reader.place;
    await this.begin(start);
    while (this.element < elements.length) {
      for (let pause = reader.read(); pause !== 'done'; pause = reader.read()) {
        if (pause === 'batch') {
          yield* this.take();
        } else if (!window.ended) {
          await window.fill(place);
        } else {
          yield* this.take();
          salvage(reader, elements.slice(this.element), collector, options);
          return;
        }
      }
      yield* this.take();
      this.beginElement(this.element + 1);
    }
    while (reader.finish() === 'more' && !window.ended) await window.fill(place);
  }

  save(): SavedReader {
    const { window, element, reader, collector } = this;
    const memory: SavedBody = { element, reader: reader.save(), collector: collector.save() };
    return { offset: window.offset, memory };
  }

  /** Moves to the first record, or to the requested start. */
  private async begin(start: ReadStart | SavedReader | undefined): Promise<void> {
    const { window, collector, reader, elements, header } = this;
    if (start === undefined) {
      while (window.end < header.bodyOffset) await window.fill(() => reader.place);
      window.start = header.bodyOffset;
      this.beginElement(0);
      return;
    }
    await window.jump(start.offset);
    if ('memory' in start) {
      const memory = start.memory as SavedBody;
      this.beginElement(memory.element);
      reader.restore(memory.reader);
      collector.restore(memory.collector);
      return;
    }
    const role = start.kind === 'vertices' ? 'vertex' : start.strip === undefined ? 'face' : 'strip';
    this.beginElement(elements.findIndex((element) => element.role === role));
    collector.startAt(start);
    reader.startAt(start);
  }

  private beginElement(k: number): void {
    this.element = k;
    const plan = this.elements[k];
    if (plan !== undefined) this.reader.begin(plan, k + 1 === this.elements.length);
  }

  /** Yields what has been collected, if anything. */
  private *take(): Generator<MeshItem> {
    const item = this.collector.take();
    if (item !== undefined) yield item;
  }
}

/** Throws or warns if the source ends inside the first of the `missing` elements. */
function salvage(
  reader: BodyReader,
  missing: readonly ElementPlan[],
  collector: MeshCollector,
  options: ReadOptions,
): void {
  const { name, count } = missing[0]!.element;
  const { place, done } = reader;
  const records = `${formatCount(done)} of ${countOf(count, 'record')} of element '${name}'`;
  const problem = `truncated: the file ends after ${records}`;
  if (collector.hasFaces && missing.some(({ role }) => role === 'vertex')) {
    const faces = 'earlier faces refer to the lost vertices';
    throw new FormatError(`${problem}; ${faces}`, {
      code: 'FORMAT_TRUNCATED',
      place,
      hint: 'copy the file again; it may be incomplete',
    });
  }
  if (!options.salvage) {
    throw new FormatError(`${problem}; expected all of them`, {
      place,
      ...TRUNCATED,
    });
  }
  const message = `${describePlace(place)}: ${problem}; the complete records before it were read`;
  options.warn({ kind: 'salvaged', message });
}
