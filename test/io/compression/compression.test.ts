/**
 * Covers: io/compression/compress, io/compression/decompress, io/compression/zstd-frame,
 * pipeline/run/source-errors.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as offload from '../../../src/index.js';
import { CLI, runCli } from '../../support/cli.js';
import { PACK, UNPACK } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../../support/meshes.js';

const tube = [...makeTube(200, 25)];
const stl = toBinaryStl(tube);
const off = toOff(tube);
const KINDS = ['gzip', 'zstd'] as const;
const ENDINGS = { gzip: '.gz', zstd: '.zst' } as const;

function setUp(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return {
    folder,
    run: (...args: string[]) => runCli(args, { cwd: folder }),
    read: (name: string) => readFileSync(join(folder, name)),
  };
}

describe.each(KINDS)('offload convert with %s', (kind) => {
  const ending = ENDINGS[kind];
  const packed = PACK[kind](stl);

  it('reads a file and standard input', async () => {
    const { run, read, folder } = setUp({ [`in.stl${ending}`]: packed });
    const { code, stderr } = await run('convert', `in.stl${ending}`, '-v');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `in.stl${ending} is stl (binary), compressed with ${kind}: its first records are`,
    );
    expect(stderr).toMatch(new RegExp(`^[\\d.]+ kB of ${kind} read, 503 kB decompressed, database`, 'm'));
    expect(read('in.off').toString()).toBe(off);
    const piped = await runCli(['convert', '-', '-'], { cwd: folder, input: packed });
    expect(piped.stdout.toString()).toBe(off);
  });

  it('writes the compression that the name or the option selects, deterministically', async () => {
    const { run, read } = setUp({ 'in.stl': stl });
    const { code, stderr } = await run('convert', 'in.stl', `a.off${ending}`);
    expect(code, stderr).toBe(0);
    expect((await run('convert', 'in.stl', '--compress', kind)).code).toBe(0);
    expect((await run('convert', 'in.stl', 'b.off', '--compress', kind)).code).toBe(0);
    expect((await run('convert', 'in.stl', `c.off${ending}`, '--compress', 'none')).code).toBe(0);
    const first = read(`a.off${ending}`);
    expect(UNPACK[kind](first).toString()).toBe(off);
    expect(read(`in.off${ending}`).equals(first)).toBe(true);
    expect(read('b.off').equals(first)).toBe(true);
    expect(read(`c.off${ending}`).toString()).toBe(off);
    const size =
      first.length < 99_950 ? (first.length / 1000).toPrecision(3) : Math.round(first.length / 1000);
    expect(stderr).toContain(`a.off${ending} ${size} kB;`);
    const piped = await run('convert', 'in.stl', '-', '--compress', kind);
    expect(piped.stdout.equals(first)).toBe(true);
  });

  it('exports, and imports with the size and digest of the file', async () => {
    const { run, read } = setUp({ 'in.stl': packed });
    expect((await run('import', 'in.stl', 'mesh.db')).code).toBe(0);
    expect((await run('export', 'mesh.db', '--compress', kind)).code).toBe(0);
    expect((await run('export', 'mesh.db', `b.off${ending}`)).code).toBe(0);
    expect(UNPACK[kind](read(`mesh.off${ending}`)).toString()).toBe(off);
    expect(read(`b.off${ending}`).equals(read(`mesh.off${ending}`))).toBe(true);
    const { sources } = JSON.parse((await run('info', 'mesh.db', '--json')).stdout.toString());
    expect(sources[0].size).toBe(packed.length);
    expect(sources[0].sha256).toBe(createHash('sha256').update(packed).digest('hex'));
  });

  it('reads every text format across chunks, members and frames', async () => {
    for (const text of [toAsciiStl(tube), toRaw(tube)]) {
      const half = Buffer.from(text).subarray(0, 100_001);
      const rest = Buffer.from(text).subarray(100_001);
      const { folder, read } = setUp({
        in: Buffer.concat([PACK[kind](half), PACK[kind](rest)]),
        plain: text,
      });
      await offload.convertMesh(join(folder, 'in'), join(folder, 'a.off'));
      await offload.convertMesh(join(folder, 'plain'), join(folder, 'b.off'));
      expect(read('a.off').equals(read('b.off'))).toBe(true);
    }
  });

  it('leaves nothing if its input is truncated, and recovers complete triangles with --salvage', async () => {
    const { run, folder } = setUp({
      [`in.stl${ending}`]: packed.subarray(0, Math.floor(packed.length * 0.8)),
    });
    const refused = await run('convert', `in.stl${ending}`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^offload: in\.stl\.\w+: byte \d+: \w+ data ends after [\d,]+ bytes of content; /,
    );
    expect(readdirSync(folder)).toEqual([`in.stl${ending}`]);
    const { code, stderr } = await run('convert', `in.stl${ending}`, '--salvage');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^warning: byte \d+: \w+ data ends after /m);
    expect(stderr).toMatch(/^[3-9],\d{3} triangles, /m);
  });

  it('stays within the smallest --memory', async () => {
    const large = [...makeTube(1000, 200)];
    const { run } = setUp({ in: PACK[kind](toBinaryStl(large)) });
    const { code, stderr } = await run('convert', 'in', `out.off${ending}`, '--memory', '192M');
    expect(code, stderr).toBe(0);
    const [, peak] = /peak memory ([\d.]+) MB/.exec(stderr)!;
    expect(Number(peak)).toBeLessThan((192 * 2 ** 20) / 1e6);
  });

  it('can be interrupted while it waits for input', async () => {
    const { folder } = setUp({});
    const child = spawn(process.execPath, [CLI, 'convert', '-', `out.off${ending}`], { cwd: folder });
    child.stdin.on('error', () => undefined);
    child.stderr.resume();
    child.stdin.write(packed.subarray(0, packed.length - 10));
    for (let tries = 0; tries < 400 && readdirSync(folder).length === 0; tries++) {
      await new Promise((go) => setTimeout(go, 25));
    }
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['scan.off.gz', 'offload: scan.off.gz: already ends in .off.gz; expected an output name'],
    ['scan.off.zst', 'offload: scan.off.zst: already ends in .off.zst; expected an output name'],
  ])('%s needs an output', async (name, message) => {
    const { run } = setUp({ [name]: '' });
    const { code, stderr } = await run('convert', name);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('of compressions are checked', async () => {
    const { run, folder } = setUp({ 'in.stl': stl });
    const { code, stderr } = await run('convert', 'in.stl', '--compress', 'xz');
    expect(stderr).toContain('offload: --compress xz: expected one of gzip, zstd, none\n');
    expect(code).toBe(2);
    const options = { compress: 'xz' as 'gzip' };
    await expect(
      offload.convertMesh(join(folder, 'in.stl'), join(folder, 'out.off'), options),
    ).rejects.toThrow(offload.UsageError);
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });
});

describe('the library', () => {
  it('reports progress in bytes of the file', async () => {
    const { folder } = setUp({ 'in.stl.gz': gzipSync(stl) });
    const size = readFileSync(join(folder, 'in.stl.gz')).length;
    const seen: offload.Progress[] = [];
    const result = await offload.convertMesh(join(folder, 'in.stl.gz'), join(folder, 'out.off'), {
      batchTriangles: 100,
      onProgress: (progress) => seen.push(progress),
    });
    const reading = seen.filter(({ stage }) => stage === 'import');
    expect(reading.every(({ done, total }) => total === size && done <= size)).toBe(true);
    expect(reading.at(-1)!.done).toBe(size);
    expect(result).toMatchObject({ compression: 'gzip', sourceBytes: size, contentBytes: stl.length });
  });

  it('distinguishes damaged compressed data from a damaged mesh', async () => {
    const lines = Array.from({ length: 20_000 }, (_, k) => `v ${Math.sin(k)} ${Math.cos(k)} ${k}`);
    const packed = gzipSync(`${lines.join('\n')}\nf 1 2 3\n`);
    packed.fill(0x55, packed.length >> 1, (packed.length >> 1) + 8);
    const { run } = setUp({ 'in.obj.gz': packed, 'bad.obj.gz': gzipSync('v 0 0\n') });
    expect((await run('convert', 'in.obj.gz')).stderr).toContain('damaged gzip data');
    expect((await run('convert', 'bad.obj.gz')).stderr).toContain('bad.obj.gz: line 1: ');
  });

  it('writes several compressed outputs at once', async () => {
    const { folder, read } = setUp({ 'in.stl': stl, 'other.stl': toAsciiStl(tube.slice(0, 1000)) });
    const convert = (name: string, output: string) =>
      offload.convertMesh(join(folder, name), join(folder, output), { batchTriangles: 100 });
    await Promise.all([
      convert('in.stl', 'a.off.zst'),
      convert('other.stl', 'b.off.zst'),
      convert('in.stl', 'c.off.gz'),
      convert('in.stl', 'd.off.zst'),
    ]);
    for (const name of ['a.off.zst', 'd.off.zst']) expect(UNPACK.zstd(read(name)).toString()).toBe(off);
    expect(UNPACK.gzip(read('c.off.gz')).toString()).toBe(off);
    expect(UNPACK.zstd(read('b.off.zst')).toString()).toMatch(/^OFF\n\d+ 1000 0\n/);
  });

  it('refuses a memory too small for compression', async () => {
    // A frame of one raw block in a window of 128 MiB: magic, descriptor, window, block header, content.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 0x09, 0, 0, 0x20]);
    const { folder } = setUp({
      'in.stl.zst': Buffer.concat([frame, PACK.zstd(Buffer.from(toAsciiStl(tube)))]),
    });
    const run = offload.convertMesh(join(folder, 'in.stl.zst'), join(folder, 'out.off'), {
      memoryBytes: offload.MEMORY_MINIMUM,
    });
    await expect(run).rejects.toThrow('decompression takes 168 MiB; expected a memory of at least 312 MiB');
    expect(readdirSync(folder)).toEqual(['in.stl.zst']);
    await offload.convertMesh(join(folder, 'in.stl.zst'), join(folder, 'out.off'), {
      memoryBytes: 312 * 2 ** 20,
    });
  });
});

describe('--max-size', () => {
  it('refuses a source that unpacks to more, and leaves nothing', async () => {
    const line = '0 0 0 1 0 0 0 1 0\n';
    const { folder, run } = setUp({ 'bomb.raw.gz': gzipSync(line.repeat(300_000)), 'in.raw': line });
    for (const [expected, ...args] of [
      [1, 'convert', 'bomb.raw.gz'],
      [1, 'import', 'bomb.raw.gz', 'out.db'],
      [2, 'check', 'bomb.raw.gz'],
      [2, 'verify', 'in.raw', 'bomb.raw.gz'],
    ] as const) {
      const { code, stderr } = await run(...args, '--max-size', '1M');
      expect(code, args[0]).toBe(expected);
      expect(stderr).toBe(
        'offload: bomb.raw.gz: byte 1048576: the unpacked gzip data is larger than 1,048,576 bytes; ' +
          'expected at most that\nhint: raise --max-size\n',
      );
      expect(readdirSync(folder).sort()).toEqual(['bomb.raw.gz', 'in.raw']);
    }
    const { code, stderr } = await run('import', 'bomb.raw.gz', 'out.db', '--max-size', '6M', '--quiet');
    expect(code, stderr).toBe(0);
  });

  it('applies to standard input and plain files, and takes a size', async () => {
    const { folder, run } = setUp({ 'in.stl': stl });
    const piped = await runCli(['convert', '-', '-', '--max-size', '100K'], { cwd: folder, input: stl });
    expect(piped.code).toBe(1);
    expect(piped.stdout).toHaveLength(0);
    expect(piped.stderr).toContain(
      'offload: standard input: byte 102400: the source is larger than 102,400 bytes',
    );
    const plain = await run('convert', 'in.stl', '--max-size', '100K');
    expect(plain.stderr).toContain('offload: in.stl: byte 102400: the source is larger than 102,400 bytes');
    const wrong = await run('convert', 'in.stl', '--max-size', 'much');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('expected a size such as 512M or 2G');
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });
});
