/**
 * A real file system of a few megabytes, which a program can fill: a tmpfs in a mount namespace of its own, so that no
 * mount is left behind, whatever happens, and nobody need be root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CLI, type CliOptions, type CliResult, runProgram } from './cli.js';
import { freshFolder } from './files.js';

/** Why there are no small disks here; undefined where there are. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has mount namespaces';
  const args = ['-rm', 'sh', '-c', 'mount -t tmpfs none /tmp && command -v nsenter'];
  const { status, stderr, error } = spawnSync('unshare', args, { encoding: 'utf8' });
  return status === 0 ? undefined : `no mount namespace: ${error?.message ?? stderr.trim()}`;
}

export class SmallDisk {
  private constructor(
    private readonly holder: ChildProcess,
    /** Where it is mounted, for programs that run beside it. */
    private readonly mount: string,
    /** The same place as this process sees it. */
    readonly path: string,
  ) {}

  static async create(bytes: number): Promise<SmallDisk> {
    const mount = freshFolder();
    const script = `mount -t tmpfs -o size=${bytes} none "$0" && mkdir "$0/disk" && echo ready && exec cat`;
    const holder = spawn('unshare', ['-rm', 'sh', '-c', script, mount], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      holder.stdin!.end();
    });
    await new Promise((resolve, reject) => {
      holder.stdout!.once('data', resolve);
      holder.once('close', () => reject(new Error('there is no small disk')));
    });
    return new SmallDisk(holder, mount, join(`/proc/${holder.pid}/root`, mount, 'disk'));
  }

  /** Bytes that are free. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Leaves so many bytes free, by a file beside the folder. */
  leave(bytes: number): void {
    const ballast = join(this.path, '../ballast');
    writeFileSync(ballast, '');
    writeFileSync(ballast, Buffer.alloc(Math.max(0, this.free - bytes)));
  }

  /** What a program is to be run by, to find itself in the disk's folder. */
  get entrance(): readonly [program: string, ...args: string[]] {
    const enter = ['--preserve-credentials', '-U', '-m', '-t', String(this.holder.pid)];
    return ['nsenter', ...enter, 'sh', '-c', 'cd "$0" && exec "$@"', join(this.mount, 'disk')];
  }

  /** Runs the program in the disk's folder. */
  run(args: readonly string[], options: Omit<CliOptions, 'cwd'> = {}): Promise<CliResult> {
    const [program, ...enter] = this.entrance;
    // Node's cache of compiled code would stand there, too.
    const env = { ...options.env, TMPDIR: join(this.mount, 'disk'), NODE_DISABLE_COMPILE_CACHE: '1' };
    return runProgram(program, [...enter, process.execPath, CLI, ...args], { ...options, env });
  }
}
