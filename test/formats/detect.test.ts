import { describe, expect, it } from 'vitest';
import { FormatError, UsageError } from '../../src/errors.js';
import { detectFormat } from '../../src/formats/detect.js';
import { makeTube, toAsciiStl, toBinaryStl, toRaw } from '../support/meshes.js';
import { openBytes } from '../support/sources.js';

const tube = [...makeTube(2, 3)];

async function detect(content: Buffer | string, name = 'mesh', from?: string) {
  return detectFormat(await openBytes(content, { name }), from);
}

describe('detectFormat', () => {
  it('believes content, whatever the name', async () => {
    expect((await detect(toBinaryStl(tube), 'a.raw')).format.id).toBe('stl');
    expect((await detect(toAsciiStl(tube), 'a.raw')).format.id).toBe('stl');
    expect((await detect(toRaw(tube), 'a.stl')).format.id).toBe('raw');
  });

  it('believes the user before content', async () => {
    const { format, reason } = await detect(toRaw(tube), 'a.raw', 'stl');
    expect(format.id).toBe('stl');
    expect(reason).toBe('the user says so');
    await expect(detect(toRaw(tube), 'a.raw', 'wrl')).rejects.toThrow(UsageError);
  });

  it('believes the name where content does not tell', async () => {
    const damaged = toBinaryStl(tube).subarray(0, 200);
    const { format, reason } = await detect(damaged, 'folder.raw/scan.of.a.STL');
    expect(format.id).toBe('stl');
    expect(reason).toBe('its name ends in .stl');
    await expect(detect(damaged, 'folder.stl/mesh')).rejects.toThrow(FormatError);
  });

  it.each([
    ['a zip archive', 'PK\x03\x04'],
    ['gzip data', '\x1f\x8b\x08'],
    ['zstd data', '\x28\xb5\x2f\xfd'],
    ['bzip2 data', 'BZh9'],
    ['xz data', '\xfd7zXZ\x00'],
    ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
    ['UTF-16 text', '\xff\xfes\x00o\x00l\x00i\x00d\x00'],
    ['UTF-16 text', '\xfe\xff\x00s\x00o\x00l\x00i\x00d'],
  ])('refuses %s by its name', async (name, begin) => {
    const content = Buffer.from(`${begin}\x00\x00 and so on`, 'latin1');
    for (const file of ['mesh.stl', 'mesh']) {
      const error = await detect(content, file).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FormatError);
      expect((error as FormatError).message).toBe(`byte 0: ${name}; expected a mesh`);
      expect((error as FormatError).hint).toBeDefined();
    }
  });

  it.each([
    ['', 'byte 0: an empty file; expected one of: '],
    ['hello\nworld', "byte 0: text of no known format that begins 'hello'; expected one of: "],
    [
      '\x1b[31mhello, this is a text of some length',
      "byte 0: text of no known format that begins '?[31mhello, this is a text",
    ],
    [Buffer.alloc(100, 7), 'byte 0: binary data of no known format; expected one of: '],
  ])('refuses %j', async (content, message) => {
    await expect(detect(content)).rejects.toThrow(message);
  });
});
