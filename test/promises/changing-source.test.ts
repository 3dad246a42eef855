import { appendFileSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { convertMesh, FileError, importMesh, lintOff, verifyMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../support/meshes.js';

const mesh = [...makeTube(220, 100)];
const off = toOff(mesh);

/** Of more than two mebibytes each, so that they are not read at once. */
const SOURCES: Readonly<Record<string, () => Buffer>> = {
  'in.stl': () => toBinaryStl(mesh),
  'text.stl': () => Buffer.from(toAsciiStl(mesh.slice(0, 20_000))),
  'in.xyz': () => Buffer.from(toRaw(mesh)),
  'in.off': () => Buffer.from(`${off}${'# a comment at the end\n'.repeat(100_000)}`),
  'in.stl.gz': () =>
    gzipSync(toBinaryStl(mesh, { attribute: (k) => Math.imul(k, 0x9e3779b1) >>> 17 }), { level: 0 }),
};

const CHANGES: Readonly<Record<string, (path: string, size: number) => void>> = {
  grows: (path) => appendFileSync(path, Buffer.alloc(5000, '\n')),
  shrinks: (path, size) => truncateSync(path, size - 400_000),
  'becomes empty': (path) => truncateSync(path, 0),
  'is written anew': (path, size) => writeFileSync(path, Buffer.alloc(size, ' ')),
};

describe.each(Object.entries(SOURCES))('%s', (name, make) => {
  const content = make();

  it.each(Object.entries(CHANGES))(
    'is refused without a trace if it %s during the read',
    async (what, change) => {
      const folder = freshFolder();
      const input = join(folder, name);
      expect(content.length).toBeGreaterThan(2 ** 21);
      writeFileSync(input, content);
      utimesSync(input, new Date(0), new Date(0));
      let isChanged = false;
      const onProgress = () => {
        if (!isChanged) change(input, content.length);
        isChanged = true;
      };
      const error = await convertMesh(input, join(folder, 'out.off'), { onProgress, threads: 1 }).catch(
        (e) => e,
      );
      expect(error).toBeInstanceOf(FileError);
      const sizes =
        what === 'is written anew'
          ? 'still [\\d,]+ bytes, but different ones'
          : 'from [\\d,]+ bytes to [\\d,]+';
      expect(error.message).toMatch(
        new RegExp(`^${input}: changed while it was read, ${sizes}; expected a file that stays unchanged$`),
      );
      expect(readdirSync(folder)).toEqual([name]);
    },
  );

  it('is read if it does not change', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, name), content);
    const { triangles } = await importMesh(join(folder, name), join(folder, 'out.db'));
    expect(triangles).toBeGreaterThan(10_000);
  });
});

describe('a command that reads a complete file', () => {
  function setUp() {
    const folder = freshFolder();
    const input = join(folder, 'in.off');
    writeFileSync(input, SOURCES['in.off']!());
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(mesh));
    return { input, stl: join(folder, 'in.stl') };
  }

  it('reports a change during lint and verify', async () => {
    const { input, stl } = setUp();
    const grow = (path: string) => () => appendFileSync(path, '\n');
    await expect(lintOff(input, { onProgress: grow(input) })).rejects.toThrow('changed while it was read');
    await expect(verifyMesh(input, stl, { onProgress: grow(stl) })).rejects.toThrow(
      'changed while it was read',
    );
  });
});
