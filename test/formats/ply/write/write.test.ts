/**
 * PLY as written: its header, gaps, and options.
 *
 * Covers: formats/ply/write/ascii, formats/ply/write/binary, formats/ply/write/content, formats/ply/write/options,
 * formats/ply/write/writer, formats/shared/digits.
 */
import { describe, expect, it } from 'vitest';
import { plyRows } from '../../../../src/formats/ply/write/write.js';
import { plyWriter } from '../../../../src/formats/ply/write/writer.js';
import type { WriteOptions, Writer } from '../../../../src/formats/writer.js';
import type { Warning } from '../../../../src/mesh.js';
import { type OffMesh, selectFrom } from '../../../support/written-off.js';

const ply: Writer = plyWriter;

function write(mesh: OffMesh, options: WriteOptions = {}) {
  const warnings: Warning[] = [];
  const chunks = [...ply.write(selectFrom(mesh, options), options, (warning) => warnings.push(warning))];
  return { bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), warnings };
}

const mesh: OffMesh = {
  precision: 'float64',
  positions: [
    [0.1, 0, 0],
    [1, 1e300, 0],
    [0, 0.123456789, -2],
  ],
  triangles: [
    [0, 1, 2],
    [2, 1, 0],
  ],
  colors: [[1, 0.5, 0, 1], undefined, [0, 0, 1, 0.2]],
  normals: [[0, 0, 1], undefined, [0.6, 0, 0.8]],
  faceColors: [undefined, [0, 1, 0, 1]],
};

const HEADER = `element vertex 3
property double x
property double y
property double z
`;

describe('PLY', () => {
  it('is little-endian binary with doubles if any source has them', () => {
    const { bytes, warnings } = write(mesh);
    const header = `ply
format binary_little_endian 1.0
${HEADER}element face 2
property list uchar int vertex_indices
end_header
`;
    expect(bytes.toString('latin1', 0, header.length)).toBe(header);
    const body = bytes.subarray(header.length);
    const doubles = Array.from({ length: 9 }, (_, k) => body.readDoubleLE(8 * k));
    expect(doubles).toEqual(mesh.positions.flat());
    const faces = [0, 1].map((k) => [
      body[72 + 13 * k],
      ...[0, 1, 2].map((d) => body.readInt32LE(73 + 13 * k + 4 * d)),
    ]);
    expect(faces).toEqual([
      [3, 0, 1, 2],
      [3, 2, 1, 0],
    ]);
    expect(body).toHaveLength(72 + 26);
    expect(warnings).toEqual([]);
  });

  it('has colors as bytes and fills gaps, with warnings', () => {
    const { bytes, warnings } = write(mesh, { ascii: true, colors: true, normals: true });
    const bytesOf = 'property uchar red\nproperty uchar green\nproperty uchar blue\nproperty uchar alpha\n';
    expect(bytes.toString('latin1')).toBe(`ply
format ascii 1.0
${HEADER}property double nx
property double ny
property double nz
${bytesOf}element face 2
property list uchar int vertex_indices
${bytesOf}end_header
0.1 0 0 0 0 1 255 128 0 255
1 1e300 0 0 0 0 255 255 255 255
0 0.123456789 -2 0.6 0 0.8 0 0 255 51
3 0 1 2 255 255 255 255
3 2 1 0 0 255 0 255
`);
    expect(warnings.map(({ message }) => message)).toEqual([
      '1 of 3 vertices have no color and are written opaque white',
      '1 of 3 vertices have no normal and are written with 0 0 0',
      '1 of 2 triangles have no color and are written opaque white',
    ]);
  });

  it('rounds text to digits, and nothing else', () => {
    const { bytes } = write(mesh, { ascii: true, precision: 3 });
    expect(bytes.toString('latin1')).toContain('\n0 0.123 -2\n');
    expect(() => ply.check({ precision: 3 })).toThrow(
      'ply.precision: numbers of binary PLY cannot be rounded to digits',
    );
    expect(() => ply.check({ ascii: true, precision: 1.5 })).toThrow('expected 1 to 17 digits, got 1.5');
  });

  it('has ids that fit, or is refused', () => {
    const facts = (vertexCount: number) => ({ ...selectFrom(mesh, {}), vertexCount });
    const headerOf = (count: number) =>
      Buffer.from(ply.rows!(facts(count), {}, () => undefined)!.header).toString();
    expect(headerOf(2 ** 31)).toContain('property list uchar int vertex_indices');
    expect(headerOf(2 ** 31 + 1)).toContain('property list uchar uint vertex_indices');
    expect(() => headerOf(2 ** 32 + 1)).toThrow(
      '4,294,967,297 vertices; expected at most 4,294,967,296, the limit of PLY',
    );
    const rows = plyRows(facts(2 ** 32), {}, () => undefined);
    const target = Buffer.alloc(13);
    rows.triangles({ count: 1, corners: Float64Array.of(2 ** 32 - 1, 2 ** 31, 1) }, 0, 1, target, 0);
    expect([1, 5, 9].map((at) => target.readUInt32LE(at))).toEqual([2 ** 32 - 1, 2 ** 31, 1]);
  });
});
