/** A connection to a server that can break, as that of `ssh -L` or of a machine that sleeps. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Proxy {
  readonly port: number;
  /** Breaks all connections, and refuses new ones. */
  cut(): Promise<void>;
  /** Passes nothing on any more, but keeps connections open. */
  stall(): void;
  /** Accepts connections again. What was stalled stays so. */
  restore(): Promise<void>;
}

/** Opens a port that leads to another one until the test ends. */
export async function openProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const listen = async () => {
    server = createServer((from) => {
      const to = connect(target, '127.0.0.1');
      for (const socket of [from, to]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          from.destroy();
          to.destroy();
        });
      }
      from.pipe(to);
      to.pipe(from);
    });
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as { port: number });
  };
  const close = async () => {
    const closed = new Promise<void>((resolve) =>
      server === undefined ? resolve() : server.close(() => resolve()),
    );
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  onTestFinished(close);
  return {
    port,
    cut: close,
    stall() {
      server?.close();
      server = undefined;
      for (const socket of sockets) socket.unpipe().pause();
    },
    restore: listen,
  };
}
