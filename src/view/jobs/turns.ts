/**
 * Lets a few jobs run at a time; others wait for their turn, in the order in which they came. Long jobs never take all turns:
 * what ends soon waits only for what ends soon.
 */

/** Whether a job ends soon by itself, or may take as long as it likes. */
export type JobLength = 'short' | 'long';

interface Waiting {
  readonly length: JobLength;
  readonly enter: () => void;
}

export class Turns {
  private readonly running = { short: 0, long: 0 };
  private readonly waiting: Waiting[] = [];

  /** At most `most` jobs run at a time, of which at most `mostLong` are long. */
  constructor(
    private readonly most: number,
    private readonly mostLong: number,
  ) {}

  /** Whether a job of this length would run at once. */
  isFree(length: JobLength): boolean {
    const { short, long } = this.running;
    return short + long < this.most && (length === 'short' || long < this.mostLong);
  }

  /**
   * Runs an action when it is its turn; `onWait` is called if that is not now. Throws the reason of the signal if that ends
   * the wait.
   */
  async take<T>(
    length: JobLength,
    signal: AbortSignal,
    action: () => Promise<T>,
    onWait: () => void = () => undefined,
  ): Promise<T> {
    signal.throwIfAborted();
    // Nobody waits who could enter: a long one that waits for another long one holds up nobody else.
    if (this.isFree(length)) this.running[length]++;
    else {
      onWait();
      await this.wait(length, signal);
    }
    try {
      return await action();
    } finally {
      this.running[length]--;
      this.admit();
    }
  }

  /** Lets in who has waited longest among those who may enter. */
  private admit(): void {
    const at = this.waiting.findIndex(({ length }) => this.isFree(length));
    const [next] = at === -1 ? [] : this.waiting.splice(at, 1);
    if (next === undefined) return;
    this.running[next.length]++;
    next.enter();
  }

  private wait(length: JobLength, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const entry = { length, enter };
      this.waiting.push(entry);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
