/** Loads and decodes tiles, the most needed first, and keeps the ones that were used last within a bound. */

import type { DecodeReply } from './decode-worker.js';
import type { TileGeometry } from './tile-geometry.js';

/** Requests at a time: browsers allow six connections, and one of them waits for events. */
const REQUESTS_MAX = 4;

export interface LoaderOptions {
  readonly fetchTile: (id: number, signal: AbortSignal) => Promise<ArrayBuffer>;
  readonly isLoaded: (id: number) => boolean;
  readonly onLoad: (id: number, tile: TileGeometry) => void;
  readonly onError: (error: unknown) => void;
}

export class TileLoader {
  /** Bytes received so far. */
  receivedBytes = 0;
  /** Created when it is needed. */
  private worker: Worker | undefined;
  private readonly requests = new Map<number, AbortController>();
  private readonly decoding = new Set<number>();
  /** Tiles that the server cannot give. */
  private readonly failed = new Set<number>();
  private wanted: readonly { readonly id: number }[] = [];
  private isUrgent = false;
  private isClosed = false;

  constructor(private readonly options: LoaderOptions) {}

  get isBusy(): boolean {
    return this.requests.size + this.decoding.size > 0;
  }

  /**
   * Sets what to load, the most needed first. Requests for anything else are given up. If `isUrgent`, the first one is loaded
   * and decoded alone, so that it is there sooner.
   */
  want(wanted: readonly { readonly id: number }[], isUrgent = false): void {
    this.isUrgent = isUrgent;
    this.wanted = wanted.filter(({ id }) => !this.failed.has(id));
    const near = new Set(this.wanted.slice(0, 4 * REQUESTS_MAX).map(({ id }) => id));
    for (const [id, request] of this.requests) if (!near.has(id)) request.abort();
    this.pump();
  }

  /** Asks again for what failed or was not answered, after the server was gone. */
  retry(): void {
    this.failed.clear();
    for (const request of this.requests.values()) request.abort();
  }

  close(): void {
    this.isClosed = true;
    for (const request of this.requests.values()) request.abort();
    this.worker?.terminate();
  }

  private createWorker(): Worker {
    const { options } = this;
    const worker = new Worker('/decode.js', { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<DecodeReply>) => {
      this.decoding.delete(data.id);
      if ('tile' in data) options.onLoad(data.id, data.tile);
      else {
        this.fail(data.id, new Error(data.error));
        this.pump();
      }
    };
    worker.onerror = ({ message }) => options.onError(new Error(message || 'the decoder failed'));
    return worker;
  }

  private pump(): void {
    for (const { id } of this.wanted) {
      if (this.isUrgent ? this.isBusy : this.requests.size >= REQUESTS_MAX) return;
      const isKnown = [this.requests, this.decoding, this.failed].some((known) => known.has(id));
      if (!isKnown && !this.options.isLoaded(id)) void this.load(id);
    }
  }

  private async load(id: number): Promise<void> {
    const request = new AbortController();
    this.requests.set(id, request);
    // It starts while the tile is on its way.
    this.worker ??= this.createWorker();
    try {
      const bytes = await this.options.fetchTile(id, request.signal);
      if (this.isClosed) return;
      this.receivedBytes += bytes.byteLength;
      this.decoding.add(id);
      this.worker.postMessage({ id, bytes }, [bytes]);
    } catch (error) {
      if (!request.signal.aborted) this.fail(id, error);
    } finally {
      this.requests.delete(id);
      if (!this.isClosed) this.pump();
    }
  }

  private fail(id: number, error: unknown): void {
    this.failed.add(id);
    this.options.onError(error);
  }
}
