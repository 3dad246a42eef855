/** A thread that converts files, one after another. */
import { MeshError, type PackedError, packError } from '../../../errors.js';
import { type ConvertOptions, type ConvertResult, convertMesh } from '../../convert-mesh.js';
import type { Home, Work } from './protocol.js';

/** Time between two looks at whether the thread must stop, in milliseconds. */
const LOOK_MS = 50;

export interface ConvertRequest {
  readonly input: string;
  readonly output: string;
}

/** The result of a conversion, or the error that the user can act on; any other error ends the thread. */
export type ConvertReply = { readonly result: ConvertResult } | { readonly error: PackedError };

export function begin(options: ConvertOptions, home: Home<ConvertReply>): Work<ConvertRequest> {
  return {
    async handle({ input, output }) {
      const stopping = new AbortController();
      const look = setInterval(() => {
        try {
          home.checkStop();
        } catch (stopped) {
          stopping.abort(stopped);
        }
      }, LOOK_MS);
      try {
        home.send({ result: await convertMesh(input, output, { ...options, signal: stopping.signal }) });
      } catch (error) {
        if (!(error instanceof MeshError)) throw error;
        home.send({ error: packError(error) });
      } finally {
        clearInterval(look);
      }
    },
    close: () => undefined,
  };
}
