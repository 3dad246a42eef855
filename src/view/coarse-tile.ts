/** The coarse mesh of a view that is being prepared, as pages get it. */

import { createHash } from 'node:crypto';
import type { CoarseView } from '../pipeline/build-tiles.js';
import type { CoarseAnswer } from './wire/messages.js';

export interface CoarseTile {
  readonly answer: CoarseAnswer;
  /** A tile without children, encoded. */
  readonly bytes: Uint8Array;
}

/** Names a coarse mesh by its content, so that browsers may keep it. */
export function coarseTileOf({ bounds, frame, mesh }: CoarseView): CoarseTile {
  const version = createHash('sha256').update(JSON.stringify(frame)).update(mesh).digest('hex').slice(0, 16);
  return { answer: { version, bounds, ...frame }, bytes: mesh };
}
