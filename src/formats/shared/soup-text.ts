/** Reads soup as text: feeds a parser with bytes or with pieces parsed in parallel, and yields batches and parts. */
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

/** The reason why a parser stopped: it needs bytes, the batch is full, or a part begins and the batch before it is due. */
export type Pause = 'more' | 'batch' | 'part';

export interface SoupParser extends SkippingParser {
  /** Parses as much as the window holds. */
  parse(window: ParsedBytes): Pause;
  /** Returns the part that begins at a 'part' pause. */
  takePart?(): PartStart;
  /** Throws or warns if the source ends too early; `rest` is the unparsed remainder. */
  finish?(rest: Uint8Array): void;
  /** Starts in the middle of the source. */
  startAt(start: ReadStart): void;
  /** Returns its state as plain data; undefined while a batch or a part is pending. */
  save(): object | undefined;
  /** Restores a saved state. */
  restore(memory: object): void;
}

export class SoupTextReader {
  private window: ByteWindow | undefined;

  constructor(
    private readonly source: ByteSource,
    private readonly format: PieceFormat,
    private readonly parser: SoupParser,
  ) {}

  /** Yields the mesh; see {@link MeshReader}. */
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
