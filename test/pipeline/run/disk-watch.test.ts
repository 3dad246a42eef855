/**
 * What is not known beforehand: compressed data that unpacks to more than the disk, or the user, has room for.
 *
 * Covers: pipeline/with-database.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkMesh,
  convertMesh,
  FileError,
  type Forecast,
  FormatError,
  importMesh,
} from '../../../src/index.js';
import { DiskWatch } from '../../../src/pipeline/run/disk-watch.js';
import { verifyMesh } from '../../../src/pipeline/verify-mesh.js';
import { withDatabase } from '../../../src/pipeline/with-database.js';
import { PACK } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';
import { toBinaryStl } from '../../support/meshes.js';

const KINDS = ['gzip', 'zstd'] as const;
const TRIANGLE = '0 0 0 1 0 0 0 1 0\n';
const FACES = `v 0 0 0\nv 1 0 0\nv 0 1 0\n${'f 1 2 3\n'.repeat(800_000)}`;
/** 6 MB of text each, some kilobytes when packed. */
const BOMBS = { raw: Buffer.from(TRIANGLE.repeat(350_000)), obj: Buffer.from(FACES) };
/** 1 MB of text. */
const SMALL = Buffer.from(TRIANGLE.repeat(60_000));

/** Writes a file into a folder of its own. */
function write(name: string, content: Uint8Array) {
  const folder = freshFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  return { folder, path, database: join(folder, 'out.db') };
}

/** Room that shrinks with each look. */
function shrinking(steps: readonly number[]) {
  let looks = 0;
  return {
    spaceOf: () => ({ freeBytes: steps[Math.min(looks++, steps.length - 1)]!, totalBytes: 10e9 }),
    looks: () => looks,
  };
}

describe('a watch of the disk', () => {
  it('checks each folder at intervals, and keeps a part free', () => {
    const asked: string[] = [];
    let freeBytes = 2e9;
    const watch = new DiskWatch(['/a', '/b', '/a'], (folder) => {
      asked.push(folder);
      return { freeBytes, totalBytes: 100e9 };
    });
    for (const bytes of [0, 1, 1000, 2_000_000]) watch.check(bytes);
    expect(asked).toEqual(['/a', '/b']);
    watch.check(3_000_000);
    expect(asked).toHaveLength(4);
    freeBytes = 0.99e9;
    watch.check(5_000_000);
    expect(() => watch.check(6_000_000)).toThrow(
      '/a: disk space is running out, 990 MB free after 6.00 MB of content; expected 1.00 GB to stay free',
    );
    expect(() => watch.look(6_000_001)).toThrow(FileError);
  });

  it('requires less of a small disk', () => {
    const watch = new DiskWatch(['/a'], () => ({ freeBytes: 51e6, totalBytes: 1e9 }));
    watch.check(0);
    const smaller = new DiskWatch(['/a'], () => ({ freeBytes: 49e6, totalBytes: 1e9 }));
    expect(() => smaller.check(0)).toThrow('expected 50.0 MB to stay free');
  });

  it('asks the system', () => {
    expect(() => new DiskWatch([freshFolder()]).check(0)).not.toThrow();
    expect(() => new DiskWatch([join(freshFolder(), 'none')]).check(0)).toThrow(FileError);
  });
});

describe('an import of compressed data', () => {
  it.each(KINDS)('by %s ends before the disk is full, and leaves nothing', async (kind) => {
    for (const [name, bomb] of Object.entries(BOMBS)) {
      const { folder, path, database } = write(`in.${name}`, PACK[kind](bomb));
      const { spaceOf, looks } = shrinking([5e9, 3e9, 0.4e9]);
      const error = await importMesh(path, database, { spaceOf }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FileError);
      expect((error as FileError).message).toMatch(
        /disk space is running out, 400 MB free after [\d.]+ MB of content; expected 500 MB to stay free$/,
      );
      expect((error as FileError).hint).toContain('`maxBytes`');
      expect(looks()).toBe(3);
      expect(readdirSync(folder)).toEqual([`in.${name}`]);
    }
  });

  it('ends while faces become rows', async () => {
    const { folder, path, database } = write('in.obj', PACK.gzip(BOMBS.obj));
    let freeBytes = 5e9;
    const importing = importMesh(path, database, {
      spaceOf: () => ({ freeBytes, totalBytes: 10e9 }),
      onProgress: ({ stage }) => {
        if (stage === 'weld') freeBytes = 0.1e9;
      },
    });
    await expect(importing).rejects.toThrow('100 MB free after 6.40 MB of content');
    expect(readdirSync(folder)).toEqual(['in.obj']);
  });

  it('is forecast after the read, or before it for a file of known size', async () => {
    const stl = toBinaryStl(Array(2000).fill([0, 0, 0, 1, 0, 0, 0, 1, 0]));
    const forecasts: string[][] = [];
    const onForecast = ({ items }: Forecast) => forecasts.push(items.map(({ what }) => what));
    const spaceOf = () => ({ freeBytes: 0, totalBytes: 10e9 });
    const plain = write('in.stl', stl);
    await importMesh(plain.path, plain.database, { onForecast, spaceOf });
    expect(forecasts.splice(0)).toEqual([['database', 'index']]);
    const packed = write('in.stl', PACK.gzip(stl));
    await importMesh(packed.path, packed.database, { onForecast });
    expect(forecasts.splice(0)).toEqual([['index']]);
    await convertMesh(packed.path, join(packed.folder, 'out.off'), { onForecast });
    expect(forecasts.splice(0)).toEqual([['output']]);
    const { path, database } = write('in.obj', PACK.gzip(Buffer.from(FACES.slice(0, 1_600_040))));
    await importMesh(path, database, { onForecast });
    expect(forecasts).toEqual([['database', 'index']]);
  });

  it.each(KINDS)('of %s takes no more than its limit', async (kind) => {
    const { folder, path, database } = write('in.raw', PACK[kind](SMALL));
    const error = await importMesh(path, database, { maxBytes: 5e5 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toBe(
      `${path}: byte 500000: the unpacked ${kind} data is larger than 500,000 bytes; expected at most that`,
    );
    expect((error as FormatError).hint).toBe('raise `maxBytes`');
    expect(readdirSync(folder)).toEqual(['in.raw']);
    const options = { maxBytes: SMALL.length - 1 };
    await expect(verifyMesh(write('in.raw', SMALL).path, path, options)).rejects.toThrow('is larger than');
    await expect(withDatabase(path, options, (made) => checkMesh(made))).rejects.toThrow('is larger than');
    expect(readdirSync(folder)).toEqual(['in.raw']);
    const { triangles } = await importMesh(path, database, { maxBytes: SMALL.length });
    expect(triangles).toBe(60_000);
  });
});
