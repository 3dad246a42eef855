import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NeighborFiles } from '../../../src/io/input/neighbor-files.js';
import { freshFolder } from '../../support/files.js';

function makeFolder(): string {
  const folder = freshFolder();
  mkdirSync(join(folder, 'model', 'parts'), { recursive: true });
  writeFileSync(join(folder, 'secret.bin'), 'secret');
  writeFileSync(join(folder, 'model', 'a b.bin'), '0123456789');
  writeFileSync(join(folder, 'model', 'parts', 'c.bin'), 'abc');
  symlinkSync('../secret.bin', join(folder, 'model', 'link.bin'));
  symlinkSync('a b.bin', join(folder, 'model', 'inner.bin'));
  return folder;
}

describe('neighbor files', () => {
  it('are read at any place, within the folder of the source', () => {
    const files = new NeighborFiles(join(makeFolder(), 'model', 'scene.gltf'));
    const target = Buffer.alloc(4);
    expect(files.readAt('a b.bin', target, 3)).toBe(4);
    expect(target.toString()).toBe('3456');
    expect(files.readAt('a b.bin', target, 8)).toBe(2);
    expect(files.sizeOf('parts/c.bin')).toBe(3);
    expect(files.sizeOf('./parts/c.bin')).toBe(3);
    expect(files.sizeOf('inner.bin')).toBe(10);
    files.close();
  });

  it('are never outside of it', () => {
    const folder = makeFolder();
    const files = new NeighborFiles(join(folder, 'model', 'scene.gltf'));
    const names = [
      '../secret.bin',
      'parts/../../secret.bin',
      join(folder, 'secret.bin'),
      'link.bin',
      'file:///etc/passwd',
      'C:\\secret.bin',
      '..\\secret.bin',
      'a\0.bin',
      '',
      'parts//c.bin',
    ];
    for (const name of names) {
      expect(() => files.sizeOf(name), name).toThrow('expected one in its own folder');
    }
    expect(() => files.sizeOf('none.bin')).toThrow(/its data is in .*none\.bin, which does not exist$/);
    expect(() => files.sizeOf('parts')).toThrow('is not a file');
  });

  it('are opened a few at a time', () => {
    const folder = freshFolder();
    const names = Array.from({ length: 30 }, (_, k) => `${k}.bin`);
    for (const name of names) writeFileSync(join(folder, name), name);
    const files = new NeighborFiles(join(folder, 'scene.gltf'));
    const target = Buffer.alloc(2);
    for (const name of [...names, ...names]) {
      files.readAt(name, target, 0);
      expect(target.toString()).toBe(name.slice(0, 2));
    }
    files.close();
  });
});
