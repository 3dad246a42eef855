/**
 * A file system that fails when it is told to, and takes down what it was asked for.
 *
 * A test puts it in place of Node's own, for what is imported after that:
 *
 *     vi.mock('node:fs', async (load) => (await import('./faults.js')).breakSync(await load()));
 *     vi.mock('node:fs/promises', async (load) => (await import('./faults.js')).breakAsync(await load()));
 *
 * SQLite does its own reading and writing, and has no part in it.
 */
import type * as fs from 'node:fs';
import type * as promises from 'node:fs/promises';

export const OPERATIONS = ['open', 'read', 'write', 'sync', 'rename', 'close'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Something that was asked of the file system: what, and of which path; of a rename the new one as well. */
export interface Asked {
  readonly operation: Operation | 'remove';
  readonly path: string;
  readonly to?: string;
}

interface Watch {
  readonly folder: string;
  readonly asked: Asked[];
  /** What fails when it is asked for the `left`th time from now on. */
  readonly operation?: Operation;
  readonly code?: string;
  left: number;
  fired?: Asked;
  /** Whether nothing is done any more: the program counts as killed. */
  isDead?: boolean;
}

let watch: Watch | undefined;
const pathOf = new Map<number, string>();

/** What happens while `action` runs in a folder, and what fails in it: the `at`th time that `operation` is asked for. */
export async function withFault<T>(
  folder: string,
  fault: { operation: Operation; at: number; code: string } | undefined,
  action: () => Promise<T>,
): Promise<{ result?: T; error?: unknown; fired?: Asked; asked: Asked[] }> {
  const watching: Watch = { folder, asked: [], left: fault?.at ?? 0, ...fault };
  watch = watching;
  const tell = () => ({ asked: watching.asked, ...(watching.fired && { fired: watching.fired }) });
  try {
    return { result: await action(), ...tell() };
  } catch (error) {
    return { error, ...tell() };
  } finally {
    watch = undefined;
  }
}

/**
 * What a folder is like when a program is killed in it: nothing is done from the `at`th operation on that changes names
 * or files. Returns false where the action came to its end before.
 */
export async function withKill(folder: string, at: number, action: () => Promise<unknown>): Promise<boolean> {
  watch = { folder, asked: [], left: at, isDead: false };
  try {
    await action();
    return false;
  } catch (error) {
    if (!watch.isDead) throw error;
    return true;
  } finally {
    watch = undefined;
  }
}

/** Takes down what is asked for, and throws where that is to fail; elsewhere than in the folder nothing happens. */
function ask(asked: Asked): void {
  if (watch === undefined || !String(asked.path).startsWith(watch.folder)) return;
  watch.asked.push(asked);
  if (watch.isDead !== undefined && asked.operation !== 'read' && asked.operation !== 'close') {
    watch.isDead ||= --watch.left <= 0;
    if (watch.isDead) throw new Error(`killed before: ${asked.operation} '${asked.path}'`);
  }
  if (watch.operation !== asked.operation || --watch.left !== 0) return;
  watch.fired = asked;
  throw Object.assign(new Error(`${watch.code}: made to fail, ${asked.operation} '${asked.path}'`), {
    code: watch.code,
    path: asked.path,
  });
}

/** Node's module with what offload uses of it wrapped. */
export function breakSync(real: typeof fs): typeof fs {
  const byDescriptor =
    (operation: Operation, call: (...args: never[]) => unknown) =>
    (...args: unknown[]) => {
      ask({ operation, path: pathOf.get(args[0] as number) ?? '' });
      return call(...(args as never[]));
    };
  const byPath =
    (operation: Asked['operation'], call: (...args: never[]) => unknown) =>
    (...args: unknown[]) => {
      ask({ operation, path: args[0] as string, ...(operation === 'rename' && { to: args[1] as string }) });
      return call(...(args as never[]));
    };
  return {
    ...real,
    openSync: ((...args: Parameters<typeof fs.openSync>) => {
      ask({ operation: 'open', path: args[0] as string });
      const descriptor = real.openSync(...args);
      pathOf.set(descriptor, args[0] as string);
      return descriptor;
    }) as typeof fs.openSync,
    closeSync: (descriptor: number) => {
      real.closeSync(descriptor);
      const path = pathOf.get(descriptor) ?? '';
      pathOf.delete(descriptor);
      ask({ operation: 'close', path });
    },
    readSync: byDescriptor('read', real.readSync) as typeof fs.readSync,
    writeSync: byDescriptor('write', real.writeSync) as typeof fs.writeSync,
    ftruncateSync: byDescriptor('write', real.ftruncateSync) as typeof fs.ftruncateSync,
    // No test cuts the power: to wait for the disk would only take time.
    fsyncSync: byDescriptor('sync', () => undefined) as typeof fs.fsyncSync,
    mkdirSync: byPath('open', real.mkdirSync) as typeof fs.mkdirSync,
    readFileSync: byPath('read', real.readFileSync) as typeof fs.readFileSync,
    writeFileSync: byPath('write', real.writeFileSync) as typeof fs.writeFileSync,
    renameSync: byPath('rename', real.renameSync) as typeof fs.renameSync,
    rmSync: byPath('remove', real.rmSync) as typeof fs.rmSync,
    rmdirSync: byPath('remove', real.rmdirSync) as typeof fs.rmdirSync,
    chmodSync: byPath('write', real.chmodSync) as typeof fs.chmodSync,
  };
}

export function breakAsync(real: typeof promises): typeof promises {
  return {
    ...real,
    open: async (...args: Parameters<typeof promises.open>) => {
      const path = args[0] as string;
      ask({ operation: 'open', path });
      return breakHandle(await real.open(...args), path);
    },
    rename: async (from, to) => {
      ask({ operation: 'rename', path: from as string, to: to as string });
      await real.rename(from, to);
    },
    // The other way to give a file its final name.
    link: async (from, to) => {
      ask({ operation: 'rename', path: from as string, to: to as string });
      await real.link(from, to);
    },
    rm: async (path, options) => {
      ask({ operation: 'remove', path: path as string });
      await real.rm(path, options);
    },
  };
}

function breakHandle(handle: promises.FileHandle, path: string): promises.FileHandle {
  const wrap = (name: 'read' | 'write' | 'sync' | 'close') => {
    const call = handle[name].bind(handle) as (...args: unknown[]) => Promise<unknown>;
    const failing = async (...args: unknown[]) => {
      // What fails to close is closed all the same.
      if (name === 'close') await call();
      ask({ operation: name, path });
      return name === 'close' || name === 'sync' ? undefined : call(...args);
    };
    Object.assign(handle, { [name]: failing });
  };
  for (const name of ['read', 'write', 'sync', 'close'] as const) wrap(name);
  return handle;
}
