/** A worker that decodes tiles, so that the page keeps moving. */

import { decodeTile } from '../../src/tiles/tile-codec.js';
import { buffersOf, layOut, type TileGeometry } from './tile-geometry.js';

export interface DecodeRequest {
  readonly id: number;
  readonly bytes: ArrayBuffer;
}

export type DecodeReply =
  | { readonly id: number; readonly tile: TileGeometry }
  | { readonly id: number; readonly error: string };

/** The scope of a worker, which the types of a page lack. */
interface WorkerScope {
  postMessage(message: DecodeReply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { id, bytes } }) => {
  try {
    const tile = layOut(decodeTile(new Uint8Array(bytes)));
    scope.postMessage({ id, tile }, buffersOf(tile));
  } catch (error) {
    scope.postMessage({ id, error: String(error) });
  }
};
