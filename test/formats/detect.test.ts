/** Covers: formats/foreign-bytes, formats/foreign, formats/shared/text. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError, UsageError } from '../../src/errors.js';
import { detectFormat } from '../../src/formats/detect.js';
import { makeTube, toAsciiStl, toBinaryStl, toRaw } from '../support/meshes.js';
import { openBytes } from '../support/sources.js';

const tube = [...makeTube(2, 3)];

async function detect(content: Buffer | string, name = 'mesh', from?: string) {
  return detectFormat(await openBytes(content, { name }), from);
}

async function refuse(content: Buffer | string, name: string): Promise<FormatError> {
  const error = await detect(content, name).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FormatError);
  return error as FormatError;
}

describe('detectFormat', () => {
  it('prefers content to the name', async () => {
    expect((await detect(toBinaryStl(tube), 'a.raw')).format.id).toBe('stl');
    expect((await detect(toAsciiStl(tube), 'a.raw')).format.id).toBe('stl');
    expect((await detect(toRaw(tube), 'a.stl')).format.id).toBe('raw');
  });

  it('tells glTF from other JSON', async () => {
    expect((await detect('glTF\x02\0\0\0', 'mesh')).reason).toBe("it begins with 'glTF' and a version");
    expect((await detect('{"scene": 0, "asset" : {"version": "2.0"}}', 'a.stl')).reason).toBe(
      "it is JSON with an 'asset'",
    );
    const late = `{"buffers": ["${'A'.repeat(100_000)}"], "asset": {"version": "2.0"}}`;
    expect((await detect(late, 'scene.GLTF.gz')).reason).toBe('its name ends in .gltf');
    await expect(detect(late, 'scene.json')).rejects.toThrow('line 1: JSON; expected a mesh');
  });

  it('prefers the given format to content', async () => {
    const { format, reason } = await detect(toRaw(tube), 'a.raw', 'stl');
    expect(format.id).toBe('stl');
    expect(reason).toBe('specified by the user');
    await expect(detect(toRaw(tube), 'a.raw', 'wrl')).rejects.toThrow(UsageError);
  });

  it('refuses foreign kinds, even with the size of a binary STL or a given format', async () => {
    const wide = Buffer.from(`v 0 0 0\n${'v 1 2 3\nf 1 1 1\n'.repeat(20)}`, 'utf16le');
    const fitting = Buffer.concat([wide, Buffer.alloc(50 - ((wide.length - 84) % 50))]);
    fitting.writeUInt32LE((fitting.length - 84) / 50, 80);
    const image = toBinaryStl(tube);
    image.write('\x89PNG\r\n\x1a\n', 'latin1');
    for (const from of [undefined, 'stl']) {
      await expect(detect(fitting, 'a.stl', from)).rejects.toThrow('UTF-16 text');
      await expect(detect(image, 'a.stl', from)).rejects.toThrow('a PNG image');
    }
  });

  it('does not mistake 16-bit samples for UTF-16', async () => {
    const samples = Buffer.from(Uint16Array.from({ length: 2000 }, (_, k) => k % 700).buffer);
    expect((await refuse(samples, 'mesh')).problem).toMatch(/^unrecognized binary data/);
  });

  it('detects text by its beginning', async () => {
    const text = toAsciiStl(tube);
    for (const tail of [Buffer.alloc(4000), Buffer.alloc(200_000)]) {
      expect((await detect(Buffer.concat([Buffer.from(text), tail]), 'a.bin')).reason).toContain(
        'solid ... facet',
      );
    }
  });

  it('uses the name if content is ambiguous', async () => {
    const damaged = toBinaryStl(tube).subarray(0, 120);
    const { format, reason } = await detect(damaged, 'folder.raw/scan.of.a.STL');
    expect(format.id).toBe('stl');
    expect(reason).toBe('its name ends in .stl');
    await expect(detect(damaged, 'folder.stl/mesh')).rejects.toThrow(FormatError);
  });

  it('detects a small binary STL with a wrong count or trailing bytes, under any name', async () => {
    for (const damaged of [
      toBinaryStl(tube, { count: 5 }),
      Buffer.concat([toBinaryStl(tube), Buffer.from('more')]),
    ]) {
      expect((await detect(damaged, 'mesh')).reason).toBe('its first records are unit normals and corners');
    }
  });

  it('finds the format before a compression ending', async () => {
    const damaged = toBinaryStl(tube).subarray(0, 200);
    for (const name of ['scan.stl.gz', 'scan.STL.zst', 'scan.stl.zstd']) {
      expect((await detect(damaged, name)).format.id).toBe('stl');
      expect((await detect(gzipSync(damaged), name)).format.id).toBe('stl');
    }
    expect((await detect(gzipSync(toRaw(tube)), 'scan')).format.id).toBe('raw');
    expect((await detect(gzipSync(toRaw(tube)), 'scan', 'raw')).reason).toBe('specified by the user');
  });

  it('prefers an exact size to a header that resembles another kind', async () => {
    for (const header of ['glTF', 'BM of a part', 'MZ', 'RIFF', 'PDF', 'P 0.3 0.3 0.4 10 1 40962\n']) {
      const stl = toBinaryStl(tube);
      stl.write(header, 'latin1');
      expect((await detect(stl, 'mesh.glb')).reason).toBe('its size is 84 + 50 x the count in its header');
    }
  });

  it.each([
    ['gzip data within compressed data', gzipSync(gzipSync('solid'))],
    ['a zip archive', 'PK\x03\x04'],
    ['bzip2 data', 'BZh91AY&SY'],
    ['xz data', '\xfd7zXZ\x00'],
    ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
    ['a rar archive', 'Rar!\x1a\x07\x00'],
    ['a tar archive', `scan.stl${'\0'.repeat(249)}ustar\0`],
    ['binary FBX', 'Kaydara FBX Binary  \x00'],
    ['a LAS point cloud', 'LASF\x00\x00'],
    ['a PDF document', '%PDF-1.7\n'],
    ['an SQLite database', 'SQLite format 3\0'],
    ['an offload database', `SQLite format 3\0${'\0'.repeat(52)}OFLD`],
    ['UTF-16 text', '\xff\xfes\x00o\x00l\x00i\x00d\x00'],
    ['UTF-16 text', '\xfe\xff\x00s\x00o\x00l\x00i\x00d'],
    ['UTF-16 text', Buffer.from('solid tube\nfacet normal 0 0 1', 'utf16le')],
    ['UTF-16 text', Buffer.from('solid tube\nfacet normal 0 0 1', 'utf16le').swap16()],
    ['UTF-32 text', '\xff\xfe\x00\x00s\x00\x00\x00'],
    ['a Parquet table', 'PAR1\x15\x00\x15\x90'],
    ['a PNG image', '\x89PNG\r\n\x1a\n'],
    ['a JPEG image', '\xff\xd8\xff\xe0\x00\x10JFIF'],
    ['a GIF image', 'GIF89a\x10\x00\x10\x00\xf7\x00\x00'],
    ['a TIFF image', 'II*\x00\x08\x00\x00\x00'],
    ['a BMP image', `BM\x36\x04\x00\x00${'\0'.repeat(4)}\x36\x00\x00\x00\x28\x00\x00\x00`],
    ['a WebP image', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
    ['a Netpbm image', 'P6\n# made\n64 64\n255\n\x01\x02'],
    ['an object file or program (ELF)', '\x7fELF\x02\x01\x01'],
    ['an object file (COFF)', `d\x86\x02\x00${'\0'.repeat(16)}.text\0\0\0${'\0'.repeat(40)}`],
    ['an object file (COFF)', `\x00\x00\xff\xff\x01\x00d\x86${'\0'.repeat(60)}`],
    ['a program (PE)', `MZ${'\0'.repeat(58)}\x40\x00\x00\x00PE\0\0`],
    ['an ar archive, such as a library of object files', '!<arch>\n/     '],
    ['EBU subtitles', '850STL25.011'],
    ['a NumPy array', '\x93NUMPY\x01\x00'],
    ['a 3DS mesh', 'MM\x00\x10\x00\x00\x02\x00\x0a\x00\x00\x00'],
    ['a Blender file', 'BLENDER-v300'],
    [
      'UTF-32 text',
      Buffer.from([...'solid tube facet'].flatMap((letter) => [0, 0, 0, letter.charCodeAt(0)])),
    ],
  ])('refuses %s by its name, at byte 0', async (name, content) => {
    const bytes = typeof content === 'string' ? Buffer.from(`${content}\0\0 and so on`, 'latin1') : content;
    for (const file of ['mesh.stl', 'mesh']) {
      const error = await refuse(bytes, file);
      expect(error.message).toMatch(/^byte 0: .+; expected (a mesh|a supported format)$/);
      expect(error.problem.split(';')[0]).toBe(name);
    }
  });

  it.each([
    ['JSON', '{"a": 1}'],
    ['JSON', '\n [1, 2]'],
    ['an HTML page', '<!doctype html>\n<title>404</title>'],
    ['an HTML page', '<!-- saved -->\n<html lang="en">'],
    ['VRML', '#VRML V2.0 utf8\n'],
    ['X3D', '<?xml version="1.0"?>\n<!DOCTYPE X3D PUBLIC "x">\n<X3D profile="Full">'],
    ['COLLADA', '\ufeff<?xml version="1.0"?><!-- <svg> --><COLLADA>'],
    ['AMF', '<amf unit="millimeter">'],
    ['XML with the root element <svg>', '<svg width="1">'],
    ['DXF', '999\r\nmade by hand\r\n  0\r\nSECTION\r\n  2\r\nENTITIES'],
    ['STEP', 'ISO-10303-21;\nHEADER;'],
    ['IGES', `${'a comment'.padEnd(72)}S      1\n`],
    ['FBX', '; FBX 7.3.0 project file\n'],
    ['a VTK file', '# vtk DataFile Version 3.0\nmesh\nASCII\n'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:1234\n'],
    ['an MNI object of brain imaging', 'P 0.3 0.3 0.4 10 1 40962\n 1 2 3\n'],
    ['an MNI object of brain imaging', 'p 0.3 0.3 0.4 10 1 40962\n 1 2 3\n'],
    ["an OOGL object that is not OFF, with 'appearance'", ' appearance { texture { } }\nUMESH\n3 3\n'],
    ["an OOGL object that is not OFF, with 'LIST'", '# a comment\n\n# another\nLIST\n{ = OFF'],
    ["an OOGL object that is not OFF, with '{'", '{ = OFF\n8 6 12'],
    ["an OOGL object that is not OFF, with 'CNMESH'", 'CNMESH\n2 2'],
    ["an OOGL object that is not OFF, with '4VECT'", '4VECT 1 2 1'],
    ["an OOGL object that is not OFF, with 'BEZ332'", 'BEZ332\n0 0'],
    ["an OOGL object that is not OFF, with 'QUAD'", 'QUAD\n-1 -1 0'],
  ])('refuses %s by its name, at line 1', async (name, content) => {
    for (const file of ['mesh.stl', 'mesh']) {
      const error = await refuse(content, file);
      expect(error.message).toMatch(/^line 1: .+; expected (a mesh|a supported format)$/);
      expect(error.problem.split(';')[0]).toBe(name);
    }
  });

  it('detects 3MF by the names in it, or by its own', async () => {
    const head = 'PK\x03\x04\x14\x00\x00\x00\x08\x00';
    const archive = `${head}[Content_Types].xml`;
    expect((await detect(`${head}3D/3dmodel.model`, 'part')).reason).toBe(
      'it is a zip archive with a 3D model',
    );
    expect((await detect(archive, 'part.3mf')).reason).toBe('its name ends in .3mf');
    expect((await detect(archive, 'part', '3mf')).format.id).toBe('3mf');
    for (const from of [undefined, 'stl']) {
      await expect(detect(archive, 'part.docx', from)).rejects.toThrow('a zip archive; expected a mesh');
    }
  });

  it.each([
    // Words that only begin like those of another kind.
    'LISTING of parts\n',
    'Please read me\n',
    'P for parts 1 2 3 4 5 6\n',
    'meshes of all kinds\n',
    'define2\n',
    'version 1\n',
  ])('detects no kind in %j', async (content) => {
    expect((await refuse(content, 'mesh')).problem).toContain('unrecognized text');
  });

  it.each([
    ['', 'byte 0: the file is empty (0 bytes); expected a mesh'],
    [' \r\n\t\n', 'byte 0: the file contains only whitespace; expected a mesh'],
    ['\ufeff\n', 'byte 0: the file contains only whitespace; expected a mesh'],
    ['hello\nworld', "byte 0: unrecognized text that begins 'hello'; expected one of: "],
    [
      '\x1b[31mhello, this is a text of some length',
      "byte 0: unrecognized text that begins '?[31mhello, this is a text",
    ],
    [Buffer.alloc(100, 7), 'byte 0: unrecognized binary data; expected one of: '],
  ])('refuses %j', async (content, message) => {
    await expect(detect(content)).rejects.toThrow(message);
  });
});
