/** `offload cluster --pack`: an archive with Node and offload, for machines that have neither. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname } from 'node:path';
import { FileError } from '../../errors.js';
import { openOutput } from '../../io/output/output-file.js';
import { listPackageTree } from '../../io/package/package-tree.js';

/** The folder into which Spark unpacks the archive on each machine. */
export const UNPACKED = 'offload';

/** The command that starts offload where the archive is unpacked. */
export const UNPACKED_COMMAND = `${UNPACKED}/${basename(process.execPath)} ${UNPACKED}/dist/cli.js`;

/**
 * Writes a tar.gz with the running Node, offload and the packages that it needs; returns its size in bytes. It runs on
 * machines with this operating system and processor. Throws FileError.
 */
export async function packProgram(path: string, force: boolean): Promise<number> {
  const node = { folder: dirname(process.execPath), path: basename(process.execPath) };
  const entries = [node, ...listPackageTree()].flatMap(({ folder, path }) => ['-C', folder, path]);
  const output = await openOutput(path, force, 'gzip');
  try {
    // -h: installed packages may be links.
    const tar = spawn('tar', ['-chf', '-', ...entries], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(tar, 'close');
    ended.catch(() => undefined);
    for await (const chunk of tar.stdout) await output.write(chunk as Buffer);
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new FileError(`${path}: tar could not make the archive`);
    await output.commit();
    return output.size;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')) {
      throw new FileError(`${path}: the program tar, which makes the archive, was not found`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    await output.discard();
  }
}
