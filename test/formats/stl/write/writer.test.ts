/**
 * STL as written: normals, attribute words, solids, and what float32 loses.
 *
 * Covers: formats/stl/write/ascii, formats/stl/write/binary, formats/stl/write/normal, formats/stl/write/options,
 * database/rows/attribute-words.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setNormal } from '../../../../src/formats/stl/write/normal.js';
import { stlWriter } from '../../../../src/formats/stl/write/writer.js';
import type { WriteOptions, Writer } from '../../../../src/formats/writer.js';
import { exportMesh, importMesh, verifyMesh } from '../../../../src/index.js';
import type { Warning } from '../../../../src/mesh.js';
import { freshFolder } from '../../../support/files.js';
import { makeTube, toBinaryStl } from '../../../support/meshes.js';
import { type OffMesh, selectFrom } from '../../../support/written-off.js';

const stl: Writer = stlWriter;

function write(mesh: OffMesh, options: WriteOptions = {}) {
  const warnings: Warning[] = [];
  const chunks = [...stl.write(selectFrom(mesh, {}), options, (warning) => warnings.push(warning))];
  return { bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), warnings };
}

const triangle = (...positions: number[][]): OffMesh => ({
  precision: 'float64',
  positions,
  triangles: [[0, 1, 2]],
});

function normalOf(positions: readonly number[]): number[] {
  const target = new Float64Array(3);
  setNormal(Float64Array.from(positions), 0, target);
  return [...target];
}

describe('the normal of a facet', () => {
  it('is a unit vector on the side where the corners are counterclockwise', () => {
    expect(normalOf([0, 0, 0, 2, 0, 0, 0, 3, 0])).toEqual([0, 0, 1]);
    expect(normalOf([0, 0, 0, 0, 3, 0, 2, 0, 0])).toEqual([0, 0, -1]);
    expect(normalOf([1, 0, 0, 0, 1, 0, 0, 0, 1])).toEqual(Array(3).fill(Math.fround(1 / Math.sqrt(3))));
    // An area that float64 cannot hold, and one that float64 cannot tell from 0.
    for (const size of [1e-300, 1e-40, 1e300]) {
      expect(normalOf([0, 0, 0, size, 0, 0, 0, size, 0])).toEqual([0, 0, 1]);
    }
  });

  it('is 0 0 0 without an area, or if an edge is too long', () => {
    for (const corners of [
      [1, 2, 3, 1, 2, 3, 1, 2, 3],
      [0, 0, 0, 1, 1, 1, 2, 2, 2],
      [0, 0, 0, 0, 0, 0, 1, 2, 3],
      [-1e308, 0, 0, 1e308, 0, 0, 0, 1, 0],
    ]) {
      const normal = normalOf(corners);
      expect(normal).toEqual([0, 0, 0]);
    }
  });
});

describe('binary STL', () => {
  it('has a header that is no text, and records of 50 bytes', () => {
    const { bytes, warnings } = write(triangle([0, 0, 0], [1, 0, 0], [0, 0.5, 0]));
    expect(bytes.toString('latin1', 0, 80)).toBe('binary STL written by offload'.padEnd(80));
    expect(bytes.readUInt32LE(80)).toBe(1);
    const floats = Array.from({ length: 12 }, (_, k) => bytes.readFloatLE(84 + 4 * k));
    expect(floats).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0.5, 0]);
    expect(bytes.readUInt16LE(132)).toBe(0);
    expect(bytes).toHaveLength(134);
    expect(warnings).toEqual([]);
  });

  it('counts the coordinates that it rounds, and refuses those beyond its range', () => {
    const { bytes, warnings } = write(triangle([0.1, 0, 0], [1, 0.2, 0], [0, 0.5, 0]));
    expect(bytes.readFloatLE(96)).toBe(Math.fround(0.1));
    expect(warnings).toEqual([
      { kind: 'stl-rounded', message: '2 of 9 coordinates are rounded to the 32 bits of binary STL' },
    ]);
    expect(() => write(triangle([0, 0, 0], [1e39, 0, 0], [0, 1, 0]))).toThrow(
      'a triangle has the coordinate 1e+39; expected at most 3.4028235e38, the largest number in binary STL',
    );
    expect(write(triangle([0, 0, 0], [1e39, 0, 0], [0, 1, 0]), { ascii: true }).warnings).toEqual([]);
  });

  it('refuses more triangles than it can count', () => {
    const selection = { ...selectFrom(triangle([0, 0, 0]), {}), triangleCount: 2 ** 32 };
    expect(() => [...stl.write(selection, {}, () => undefined)]).toThrow(
      '4,294,967,296 triangles; expected at most 4,294,967,295, the limit of binary STL',
    );
  });

  it('keeps the header that makes attribute words colors of Magics', async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    const source = toBinaryStl(makeTube(3, 4));
    source.write('solid COLOR=', 0, 'latin1');
    source.set([10, 20, 30, 255], 12);
    source.writeUInt16LE(31, 84 + 48);
    writeFileSync(at('in.stl'), source);
    await importMesh(at('in.stl'), at('mesh.db'));
    const { warnings } = await exportMesh(at('mesh.db'), at('out.stl'));
    const bytes = readFileSync(at('out.stl'));
    // A file that begins with `solid` looks like text.
    expect(bytes.subarray(0, 80)).toEqual(Buffer.concat([Buffer.from('     '), source.subarray(5, 80)]));
    expect(bytes.subarray(96, 134)).toEqual(source.subarray(96, 134));
    expect(warnings).toEqual([]);
    const ascii = await exportMesh(at('mesh.db'), at('ascii.stl'), { stl: { ascii: true } });
    expect(ascii.warnings.map(({ kind }) => kind)).toEqual(['stl-no-attributes']);
    // The words, not the header alone, are what has a meaning.
    source.writeUInt16LE(0, 84 + 48);
    writeFileSync(at('in.stl'), source);
    await importMesh(at('in.stl'), at('mesh.db'), { force: true });
    await exportMesh(at('mesh.db'), at('out.stl'), { force: true });
    expect(readFileSync(at('out.stl')).toString('latin1', 0, 6)).toBe('binary');
  });

  it('keeps the attribute words of its source, also those of a filtered mesh', async () => {
    const at = (name: string) => join(folder, name);
    const folder = freshFolder();
    const triangles = [...makeTube(30, 20)];
    const source = toBinaryStl(triangles);
    const words = triangles.map((_, k) => (k % 3 === 0 ? 0 : 0x8000 + (k % 1000)));
    for (const [k, word] of words.entries()) source.writeUInt16LE(word, 84 + 50 * k + 48);
    writeFileSync(at('in.stl'), source);
    await importMesh(at('in.stl'), at('mesh.db'));
    const wordsOf = (bytes: Buffer) =>
      Array.from({ length: bytes.readUInt32LE(80) }, (_, k) => bytes.readUInt16LE(84 + 50 * k + 48));
    await exportMesh(at('mesh.db'), at('all.stl'));
    expect(wordsOf(readFileSync(at('all.stl')))).toEqual(words);
    await exportMesh(at('mesh.db'), at('some.stl'), { filter: { where: ['id % 7 IN (1, 4)'] } });
    expect(wordsOf(readFileSync(at('some.stl')))).toEqual(words.filter((_, k) => [1, 4].includes(k % 7)));
    expect((await verifyMesh(at('all.stl'), at('in.stl'))).isEqual).toBe(true);
  });
});

describe('ASCII STL', () => {
  it('has the shortest exact numbers, or fewer digits', () => {
    const mesh = triangle([0.1, 0, 0], [1, 0.123456789, 0], [0, 0.5, 1e-7]);
    const lines = (options: WriteOptions) => write(mesh, options).bytes.toString().split('\n');
    const exact = lines({ ascii: true });
    expect(exact[0]).toBe('solid offload');
    expect(exact[1]).toMatch(/^facet normal 0 \S+ 1$|^facet normal \S+ \S+ \S+$/);
    expect(exact.slice(2)).toEqual([
      'outer loop',
      'vertex 0.1 0 0',
      'vertex 1 0.123456789 0',
      'vertex 0 0.5 1e-7',
      'endloop',
      'endfacet',
      'endsolid offload',
      '',
    ]);
    expect(lines({ ascii: true, precision: 3 })[4]).toBe('vertex 1 0.123 0');
  });

  it('has a solid for each part of a source with solids or objects', async () => {
    const folder = freshFolder();
    const at = (name: string) => join(folder, name);
    const face = (n: number) => `f ${n} ${n + 1} ${n + 2}\n`;
    const vertices = [...Array(8).keys()].map((k) => `v ${k} ${k * k} 1\n`).join('');
    const objects = `${face(1)}o left\n${face(2)}${face(3)}o empty\no right wing\n${face(4)}o\n${face(5)}o left\n${face(6)}`;
    writeFileSync(at('in.obj'), vertices + objects);
    await importMesh(at('in.obj'), at('mesh.db'));
    const solidsOf = async (name: string, options = {}) => {
      await exportMesh(at('mesh.db'), at(name), { stl: { ascii: true }, ...options });
      const lines = readFileSync(at(name), 'utf8').split('\n');
      const ends = lines.filter((line) => line.startsWith('endsolid')).map((line) => line.slice(3));
      const starts = lines.filter((line) => /^solid/.test(line));
      expect(ends).toEqual(starts);
      const counts = lines
        .join('\n')
        .split('endsolid')
        .slice(0, -1)
        .map((text) => text.split('endfacet').length - 1);
      return starts.map((line, k) => `${line}: ${counts[k]}`);
    };
    expect(await solidsOf('all.stl')).toEqual([
      'solid offload: 1',
      'solid left: 2',
      'solid right wing: 1',
      'solid: 1',
      'solid left: 1',
    ]);
    expect(await solidsOf('some.stl', { filter: { where: ['id <> 3'] } })).toEqual([
      'solid offload: 1',
      'solid left: 2',
      'solid: 1',
      'solid left: 1',
    ]);
    // Read back, it has the same parts.
    await importMesh(at('all.stl'), at('again.db'));
    await exportMesh(at('again.db'), at('again.stl'), { stl: { ascii: true } });
    expect(readFileSync(at('again.stl'))).toEqual(readFileSync(at('all.stl')));
  });
});

describe('options', () => {
  it('has digits only as text', () => {
    expect(() => stl.check({ precision: 3 })).toThrow(
      'stl.precision: numbers of binary STL cannot be rounded to digits',
    );
    expect(() => stl.check({ ascii: true, precision: 18 })).toThrow('expected 1 to 17 digits, got 18');
  });
});
