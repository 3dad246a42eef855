/**
 * Standard input, read into one buffer that is reused.
 *
 * process.stdin allocates a new buffer for each piece. With many pieces, they are freed late, and a process takes some
 * 20 MB more.
 */
import { fstatSync, read } from 'node:fs';
import { Socket } from 'node:net';
import { fileError } from '../../errors.js';
import { type Pull, pullFrom } from '../pull.js';

const STDIN = 0;

/** The usual capacity of a pipe or a socket, in bytes. */
const PIPE_BYTES = 256 * 1024;

/** Standard input while it is open. */
interface StandardInput {
  /** Throws FileError. */
  readonly pull: Pull;
  /** Releases it: a process does not end while it waits for open input. */
  readonly release: () => Promise<void>;
}

/** Opens standard input. An abort ends a waiting read. Throws FileError. */
export function openStandardInput(signal: AbortSignal | undefined): StandardInput {
  try {
    const stat = fstatSync(STDIN);
    const { pull, release } =
      stat.isFIFO() || stat.isSocket()
        ? fromPipe(signal)
        : stat.isCharacterDevice()
          ? fromTerminal(signal)
          : fromFile();
    return {
      pull: async (target) => {
        try {
          return await pull(target);
        } catch (error) {
          throw fileError(error, 'read', 'standard input');
        }
      },
      release,
    };
  } catch (error) {
    throw fileError(error, 'read', 'standard input');
  }
}

/** Reads a file from its current position: another program may have read its beginning. */
function fromFile(): StandardInput {
  return {
    pull: (target) =>
      new Promise((resolve, reject) => {
        read(STDIN, target, 0, target.length, null, (error, count) =>
          error === null ? resolve(count) : reject(error),
        );
      }),
    release: async () => undefined,
  };
}

/** Reads a pipe or a socket. The event loop waits for it, because a read in a thread cannot be stopped. */
function fromPipe(signal: AbortSignal | undefined): StandardInput {
  const buffer = new Uint8Array(PIPE_BYTES);
  let unread = buffer.subarray(0, 0);
  let isAtEnd = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const socket = new Socket({
    fd: STDIN,
    readable: true,
    writable: false,
    onread: {
      buffer,
      callback: (count) => {
        unread = buffer.subarray(0, count);
        wake();
        // Pauses until the next resume().
        return false;
      },
    },
  });
  const end = () => {
    isAtEnd = true;
    wake();
  };
  socket.on('end', end);
  // A read that waits when the input is released must not wait forever.
  socket.on('close', end);
  socket.on('error', (error) => {
    failure = error;
    wake();
  });
  endOnAbort(socket, signal);
  return {
    pull: async (target) => {
      while (unread.length === 0) {
        if (failure !== undefined) throw failure;
        if (isAtEnd) return 0;
        await new Promise<void>((resolve) => {
          wake = resolve;
          socket.resume();
        });
      }
      const count = Math.min(target.length, unread.length);
      target.set(unread.subarray(0, count));
      unread = unread.subarray(count);
      return count;
    },
    release: async () => {
      socket.destroy();
    },
  };
}

/** Reads a terminal, or a device such as /dev/null; neither holds a mesh that would fill memory. */
function fromTerminal(signal: AbortSignal | undefined): StandardInput {
  const chunks = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  endOnAbort(process.stdin, signal);
  return {
    pull: pullFrom(() => chunks.next()),
    release: async () => {
      process.stdin.destroy();
    },
  };
}

/** Ends a waiting read; the run's own check of the signal gives the reason. */
function endOnAbort(stream: Pick<Socket, 'destroy'>, signal: AbortSignal | undefined): void {
  signal?.addEventListener('abort', () => stream.destroy(new Error('aborted')), { once: true });
}
