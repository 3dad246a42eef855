/** Texts between the rows of an output, as threads get them: those of a few leaves at a time. */
import type { PlacedText } from '../../formats/writer.js';
import type { IdTexts } from './roles/format-role.js';

/** Texts that are taken together at the end, in characters. */
const TAKEN_AT_ONCE = 2 ** 20;

export class TextQueue {
  /** The characters collected so far. */
  size = 0;
  private readonly texts: Iterator<PlacedText>;
  private next: IteratorResult<PlacedText> | undefined;
  private ids: number[] = [];
  private collected: string[] = [];

  constructor(texts: Iterable<PlacedText>) {
    this.texts = texts[Symbol.iterator]();
  }

  /** Collects the texts before triangles up to this id. */
  collect(lastId: number): void {
    // The last leaf has no limit, but texts at the end follow all triangles.
    this.collectWhile((id) => id <= lastId && id !== Number.POSITIVE_INFINITY);
  }

  /** Returns the collected texts; undefined if there are none. */
  takeCollected(): IdTexts | undefined {
    const { ids, collected } = this;
    if (ids.length === 0) return undefined;
    let end = 0;
    const ends = collected.map((text) => {
      end += Buffer.byteLength(text);
      return end;
    });
    this.ids = [];
    this.collected = [];
    this.size = 0;
    return { ids, ends, bytes: Buffer.from(collected.join('')) };
  }

  /** Returns some of the remaining texts; undefined if there are none. */
  take(): IdTexts | undefined {
    this.collectWhile(() => this.size < TAKEN_AT_ONCE);
    return this.takeCollected();
  }

  private collectWhile(isWanted: (id: number) => boolean): void {
    this.next ??= this.texts.next();
    for (; !this.next.done && isWanted(this.next.value.id!); this.next = this.texts.next()) {
      const { id, text } = this.next.value;
      if (text === '') continue;
      this.ids.push(id!);
      this.collected.push(text);
      this.size += text.length;
    }
  }
}

/** Returns the texts without the first ones. */
export function dropTexts({ ids, ends, bytes }: IdTexts, count: number): IdTexts {
  const start = count === 0 ? 0 : ends[count - 1]!;
  return {
    ids: ids.slice(count),
    ends: ends.slice(count).map((end) => end - start),
    bytes: bytes.subarray(start),
  };
}
