/**
 * The data of a PLY file, element by element, in text or in binary; and what happens where it ends too early.
 */
import { describePlace, FormatError, type Place } from '../../errors.js';
import type { ByteSource } from '../../io/byte-source.js';
import { ByteWindow } from '../../io/byte-window.js';
import type { MeshItem, Precision } from '../../mesh.js';
import type { ReadOptions, ReadStart } from '../format.js';
import { AsciiReader, hasLineRecords } from './ascii.js';
import { BinaryReader } from './binary.js';
import { MeshCollector } from './collect.js';
import type { PlyHeader } from './header.js';
import type { ColorRanges, ElementPlan, PlyPlan } from './plan.js';

/** Why a reader stopped: it needs bytes, a batch is full, or the element is complete. */
export type Pause = 'more' | 'batch' | 'done';

/** Reads the elements one after another, each as far as the window reaches. */
export interface BodyReader {
  /** Whole records of the element read so far. */
  readonly done: number;
  /** Where the record stands that is read. */
  readonly place: Place;
  /** Turns to the next element; `isLast` says that no data follows it. */
  begin(plan: ElementPlan, isLast: boolean): void;
  /** Goes on with a record in the middle of the element just begun, which stands where the window begins. */
  startAt(start: ReadStart): void;
  read(): Pause;
  /** Warns where anything follows the last element. */
  finish(): Pause;
}

/** Yields the mesh, from `start` on where one is given; `source` has not been read from yet. */
export async function* readBody(
  source: ByteSource,
  header: PlyHeader,
  plan: PlyPlan,
  ranges: ColorRanges,
  options: ReadOptions,
  start?: ReadStart,
): AsyncGenerator<MeshItem> {
  const isAscii = header.encoding === 'ascii';
  const precision: Precision = isAscii ? 'float64' : plan.precision;
  const window = new ByteWindow(source);
  const collector = new MeshCollector(precision, plan.vertexCount, ranges, options);
  const isWhole = source.size === source.head.length;
  const reader: BodyReader = isAscii
    ? new AsciiReader(window, header, collector, hasLineRecords(source.head, header, isWhole), options)
    : new BinaryReader(window, header, collector, options);
  const place = () => reader.place;
  // A record without properties is an empty line, or nothing.
  const present = plan.elements.filter(({ element }) => element.count > 0 && element.properties.length > 0);
  let elements = present;
  if (start === undefined) {
    while (window.end < header.bodyOffset) await window.fill(place);
    window.start = header.bodyOffset;
  } else {
    const role = start.kind === 'vertices' ? 'vertex' : start.strip === undefined ? 'face' : 'strip';
    elements = present.slice(present.findIndex((element) => element.role === role));
    collector.startAt(start);
    await window.jump(start.offset);
  }
  for (const [k, element] of elements.entries()) {
    reader.begin(element, k + 1 === elements.length);
    if (k === 0 && start !== undefined) reader.startAt(start);
    for (let pause = reader.read(); pause !== 'done'; pause = reader.read()) {
      if (pause === 'batch') {
        const item = collector.take();
        if (item !== undefined) yield item;
      } else if (!window.ended) {
        await window.fill(place);
      } else {
        salvage(reader, elements.slice(k), collector, options);
        const item = collector.take();
        if (item !== undefined) yield item;
        return;
      }
    }
    const item = collector.take();
    if (item !== undefined) yield item;
  }
  while (reader.finish() === 'more' && !window.ended) await window.fill(place);
}

/** Warns, or throws, where the source ends inside the first of the `missing` elements. */
function salvage(
  reader: BodyReader,
  missing: readonly ElementPlan[],
  collector: MeshCollector,
  options: ReadOptions,
): void {
  const { name, count } = missing[0]!.element;
  const { place, done } = reader;
  const records = `${show(done)} of ${show(count)} records of element '${name}' are whole`;
  const problem = `truncated: the file ends where ${records}`;
  if (collector.hasFaces && missing.some(({ role }) => role === 'vertex')) {
    const faces = 'the faces before it refer to vertices that are lost';
    throw new FormatError(`${problem}; ${faces}`, { place, hint: 'the copy may be incomplete' });
  }
  if (!options.salvage) {
    throw new FormatError(`${problem}; expected all of them`, {
      place,
      hint: 'the copy may be incomplete; --salvage imports the whole triangles',
    });
  }
  const message = `${describePlace(place)}: ${problem}; what is whole before it was read`;
  options.warn({ kind: 'salvaged', message });
}

function show(count: number): string {
  return count.toLocaleString('en-US');
}
