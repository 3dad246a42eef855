/** Soup as text: bytes for a parser as it asks for them, or pieces that others parse; batches and parts from it. */
import type { ByteSource } from '../../io/input/byte-source.js';
import { ByteWindow } from '../../io/input/byte-window.js';
import type { MeshItem, PartStart } from '../../mesh.js';
import type { ReadStart, SavedReader } from '../format.js';
import {
  type ParsedBytes,
  PieceFeeder,
  type PieceFormat,
  type PieceParsers,
  type SkippingParser,
} from '../pieces.js';
import { skipByteOrderMark } from './text.js';

/** Why a parser stopped: it needs bytes, the batch is full, or a part begins and the batch before it is due. */
export type Pause = 'more' | 'batch' | 'part';

export interface SoupParser extends SkippingParser {
  /** Understands as much as the window holds. */
  parse(window: ParsedBytes): Pause;
  /** The part that a pause of that name is about. */
  takePart?(): PartStart;
  /** Throws or warns where the source ends too early; `rest` is what could not be understood. */
  finish?(rest: Uint8Array): void;
  /** Begins in the middle of the source. */
  startAt(start: ReadStart): void;
  /** What it knows, as plain data; undefined while a batch or a part waits. */
  save(): object | undefined;
  /** Goes on with what another one has saved. */
  restore(memory: object): void;
}

export class SoupTextReader {
  private window: ByteWindow | undefined;

  constructor(
    private readonly source: ByteSource,
    private readonly format: PieceFormat,
    private readonly parser: SoupParser,
  ) {}

  /** The mesh; see {@link MeshReader}. */
  async *items(parsers?: PieceParsers, start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { source, format, parser } = this;
    const feeder = parsers && new PieceFeeder(source, format, parsers);
    const window = new ByteWindow(feeder ?? source);
    const place = () => ({ line: parser.line });
    this.window = window;
    if (start === undefined) {
      await window.fill(place);
      window.start = skipByteOrderMark(source.head);
    } else {
      await window.jump(start.offset);
      if ('memory' in start) parser.restore(start.memory);
      else parser.startAt(start);
    }
    for (;;) {
      const pause = parser.parse(window);
      if (pause === 'more') {
        if (window.ended) break;
        if (feeder !== undefined) yield* feeder.pass(window, parser);
        await window.fill(place);
        continue;
      }
      if (parser.count > 0) yield parser.takeBatch();
      if (pause === 'part' && parser.takePart !== undefined) yield parser.takePart();
    }
    const rest = window.bytes.subarray(window.start, window.end);
    if (parser.count > 0) yield parser.takeBatch();
    parser.finish?.(rest);
  }

  save(): SavedReader | undefined {
    const memory = this.parser.save();
    return memory && this.window && { offset: this.window.offset, memory };
  }
}
