/** Loads the marks of tiles, the most needed first. */

/** Requests at a time, beside those of tiles: browsers allow six connections. */
const REQUESTS_MAX = 2;

export interface MarkLoaderOptions {
  readonly fetchMarks: (id: number, set: string, signal: AbortSignal) => Promise<ArrayBuffer>;
  readonly onLoad: (id: number, set: string, marks: Uint8Array) => void;
  readonly onError: (error: unknown) => void;
}

export class MarkLoader {
  private set: string | undefined;
  private wanted: readonly number[] = [];
  private readonly requests = new Map<number, AbortController>();
  private readonly failed = new Set<number>();

  constructor(private readonly options: MarkLoaderOptions) {}

  get isBusy(): boolean {
    return this.requests.size > 0;
  }

  /** Sets which set is shown. Requests for the former one are given up. */
  use(set: string | undefined): void {
    this.set = set;
    this.wanted = [];
    this.retry();
  }

  /** Sets the tiles whose marks are missing, the most needed first. */
  want(ids: readonly number[]): void {
    this.wanted = ids;
    this.pump();
  }

  /** Asks again for what failed or was not answered. */
  retry(): void {
    this.failed.clear();
    for (const request of this.requests.values()) request.abort();
    this.requests.clear();
  }

  private pump(): void {
    for (const id of this.wanted) {
      if (this.requests.size >= REQUESTS_MAX || this.set === undefined) return;
      if (!this.requests.has(id) && !this.failed.has(id)) void this.load(id, this.set);
    }
  }

  private async load(id: number, set: string): Promise<void> {
    const request = new AbortController();
    this.requests.set(id, request);
    let marks: Uint8Array | undefined;
    try {
      marks = new Uint8Array(await this.options.fetchMarks(id, set, request.signal));
    } catch (error) {
      if (request.signal.aborted) return;
      this.failed.add(id);
      this.options.onError(error);
    }
    if (this.requests.get(id) !== request) return;
    this.requests.delete(id);
    this.wanted = this.wanted.filter((one) => one !== id);
    if (marks !== undefined) this.options.onLoad(id, set, marks);
    this.pump();
  }
}
