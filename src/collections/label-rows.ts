/** Labels of ids in the spill file of {@link IdLinks}, as a source for {@link RowCache}. Threads share the file. */
import { RandomAccessFile } from '../io/random-access-file.js';
import type { RowSource } from './row-cache.js';
import type { RowFile } from './row-lookup.js';

/** The data that a thread needs to read labels. */
export interface SharedLabels {
  readonly path: string;
  readonly descriptor: number;
  /** Words of a label: one, or a low and a high one. */
  readonly words: number;
  readonly count: number;
}

export function shareLabels({ file, width, count }: RowFile): SharedLabels {
  return { ...file.share(), words: width, count };
}

export class LabelRows implements RowSource {
  readonly width = 1;
  readonly count: number;
  private readonly file: RandomAccessFile;
  private words = new Uint32Array(0);

  constructor(private readonly labels: SharedLabels) {
    this.count = labels.count;
    this.file = RandomAccessFile.attach(labels.path, labels.descriptor);
  }

  load(first: number, count: number, target: Float64Array): void {
    const width = this.labels.words;
    if (this.words.length < width * count) this.words = new Uint32Array(width * count);
    const words = this.words.subarray(0, width * count);
    this.file.read(new Uint8Array(words.buffer, 0, words.byteLength), 4 * width * first);
    for (let k = 0; k < count; k++) {
      target[k] = width === 1 ? words[k]! : words[2 * k]! + 2 ** 32 * words[2 * k + 1]!;
    }
  }
}
