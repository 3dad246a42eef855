/**
 * Covers: formats/3mf/affine, formats/3mf/model, formats/3mf/model-parser, formats/3mf/model-reader, formats/3mf/namespaces,
 * formats/3mf/package, formats/3mf/row-spool, formats/3mf/scene, formats/3mf/scene-reader, formats/3mf/sniff,
 * formats/3mf/values.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { threeMf } from '../../../src/formats/3mf/3mf.js';
import { convertMesh, importMesh, locateTriangle, locateVertex, verifyMesh } from '../../../src/index.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import {
  meshOf,
  modelOf,
  objectOf,
  PRODUCTION,
  packThreeMf,
  RELATIONSHIPS,
  relate,
  toThreeMf,
} from '../../support/3mf.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube } from '../../support/meshes.js';
import { toIndexed } from '../../support/ply.js';
import { openBytes, readMesh, refuseMesh } from '../../support/sources.js';
import { makeZip } from '../../support/zip.js';

const corner = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
];
const triangle = meshOf(corner, [[0, 1, 2]]);
const one = objectOf(1, triangle);
/** Attributes of a model that uses the production extension. */
const SPREAD = ` xmlns:p="${PRODUCTION}"`;

const components = (...references: string[]) =>
  `<components>${references.map((reference) => `<component ${reference}/>`).join('')}</components>`;
const read = (resources: string, build?: string, attributes?: string) =>
  readMesh(packThreeMf(modelOf(resources, build, attributes)));
const refuse = async (model: string, parts: Readonly<Record<string, string>> = {}) =>
  (await refuseMesh(packThreeMf(model, parts))).message;

describe('3MF', () => {
  it('is read with the names of objects, each use on its own', async () => {
    const { triangles, vertices, parts, faces } = await read(
      one + objectOf(3, triangle, ' name="a &amp; b"'),
      '<item objectid="3"/><item objectid="1" transform="1 0 0 0 1 0 0 0 1 5 6 7"/><item objectid="3"/>',
    );
    expect(parts).toEqual([
      ['a & b', 0],
      ['object 1', 1],
      ['a & b', 2],
    ]);
    expect(triangles).toEqual([corner.flat(), [5, 6, 7, 6, 6, 7, 5, 7, 7], corner.flat()]);
    expect(vertices).toHaveLength(9);
    expect(faces.map((face) => face.slice(0, 3))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  it('applies the transforms of components first, and turns mirrored triangles', async () => {
    const resources =
      one +
      objectOf(
        2,
        components('objectid="1" transform="2 0 0 0 2 0 0 0 2 1 0 0"', 'objectid="1"'),
        ' name="pair"',
      );
    // A quarter turn about z, from x to y, then a shift.
    const turn = '0 1 0 -1 0 0 0 0 1 10 20 30';
    const { triangles, parts } = await read(resources, `<item objectid="2" transform="${turn}"/>`);
    expect(triangles).toEqual([
      [10, 21, 30, 10, 23, 30, 8, 21, 30],
      [10, 20, 30, 10, 21, 30, 9, 20, 30],
    ]);
    expect(parts.map(([name]) => name)).toEqual(['pair', 'pair']);
    const mirrored = await read(resources, '<item objectid="2" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>');
    expect(mirrored.triangles[1]).toEqual(
      [0, 0, 0, 0, 1, 0, -1, 0, 0].map((value) => (value === 0 ? expect.closeTo(0) : value)),
    );
  });

  it('is read with objects in other parts, as slicers write it', async () => {
    const far = modelOf(
      objectOf(1, triangle, ' name="far"') + objectOf(2, components('objectid="1"', 'objectid="1"')),
      '<item objectid="9"/>',
    );
    const model = modelOf(
      objectOf(1, components('p:path="/3D/Objects/far%20one.model" objectid="2"')),
      '<item objectid="1"/><item p:path="/3d/objects/FAR one.model" objectid="1" p:UUID="x"/>',
      `${SPREAD} requiredextensions="p"`,
    );
    const { triangles, parts } = await readMesh(packThreeMf(model, { '3D/Objects/far one.model': far }));
    expect(triangles).toHaveLength(3);
    expect(parts.map(([name]) => name)).toEqual(['far', 'far', 'far']);
    expect(await refuse(model)).toBe(
      "3D/3dmodel.model: line 4: the part '/3D/Objects/far%20one.model' is not in the archive; expected it there",
    );
    const bad = { '3D/Objects/far one.model': far.replace('</mesh>', '</mush>') };
    expect(await refuse(model, bad)).toMatch(/^3D\/Objects\/far one\.model: line 11: <\/mush> ends nothing/);
    const other = { '3D/Objects/far one.model': far.replace('<model ', '<model unit="inch" ') };
    expect(await refuse(model, other)).toContain(
      'line 2: the unit inch; expected millimeter, as in 3D/3dmodel.model',
    );
  });

  it('is read with any prefix, order of attributes, blanks and end tags', async () => {
    const model = modelOf(one)
      .replace(/<(\/?)(?=[a-z])/g, '<$1m:')
      .replace('xmlns=', 'xmlns:m=');
    expect((await readMesh(packThreeMf(model))).triangles).toEqual([corner.flat()]);
    const mesh = `<mesh ><vertices\t><vertex z=" 0 "
      y='0' x="+.0e5"></vertex><foreign:x xmlns:foreign="u"><vertex/><y/></foreign:x><vertex x="1" y="0" z="-0" w="5"/>
      <vertex x="0" y="1." z="0"/></vertices><triangles><triangle p1="0" v3=" 2" v2="+1" v1="00"></triangle></triangles></mesh>`;
    expect((await read(objectOf(1, mesh))).triangles.map((row) => row.map((x) => x + 0))).toEqual([
      corner.flat(),
    ]);
  });

  it('warns of what it does not read', async () => {
    const materials = 'http://schemas.microsoft.com/3dmanufacturing/material/2015/02';
    const slices = 'http://schemas.microsoft.com/3dmanufacturing/slice/2015/07';
    const lattices = 'http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02';
    const resources = [
      '<basematerials id="7"><base name="a" displaycolor="#FF0000"/></basematerials>',
      `<m:colorgroup xmlns:m="${materials}" id="8"><m:color color="#FF0000"/></m:colorgroup>`,
      `<s:slicestack xmlns:s="${slices}" id="9"/>`,
      objectOf(
        1,
        triangle.replace('</mesh>', `<b:beamlattice xmlns:b="${lattices}"><b:beams/></b:beamlattice></mesh>`),
      ),
      objectOf(2, triangle, ' type="other"'),
      objectOf(3, triangle, ' type="support"'),
      '<undeclared:x id="5"><undeclared:y/></undeclared:x>',
      objectOf(4, components('objectid="1"', 'objectid="2"', 'objectid="3"')),
    ];
    const { triangles, warnings } = await read(resources.join('\n'), '<item objectid="4"/>');
    expect(triangles).toHaveLength(2);
    expect(warnings).toEqual([
      ['3mf-colors', 'colors are not read'],
      ['3mf-slices', 'slices are not read'],
      ['3mf-beam-lattices', 'beam lattices are not read'],
      ['3mf-elements-of-no-namespace', 'elements of no namespace are not read'],
      ['3mf-other', "objects of the type 'other' are skipped (1)"],
    ]);
    const attributes = ` xmlns:b="${lattices}" requiredextensions="b"`;
    expect(await refuse(modelOf(one, undefined, attributes))).toContain(
      `line 2: the model requires the extension ${lattices}, which is not supported`,
    );
    expect(await refuse(modelOf(one, undefined, ' requiredextensions="q"'))).toContain(
      "requires the extension 'q'",
    );
  });

  it.each<[string, string, string]>([
    [
      'an object that does not exist',
      modelOf(one, '<item objectid="5"/>'),
      'line 14: object 5 does not exist in 3D/3dmodel.model; expected one that does',
    ],
    [
      'an object within itself',
      modelOf(objectOf(1, components('objectid="2"')) + objectOf(2, components('objectid="1"'))),
      'line 5: object 1 is a component of itself; expected objects without cycles',
    ],
    ['two objects of an id', modelOf(one + one), 'a second object with the id 1; expected one'],
    [
      'an object of nothing',
      modelOf(objectOf(1, '')),
      'object 1 has no mesh and no components; expected one of them',
    ],
    [
      'an object of both',
      modelOf(objectOf(1, triangle + components())),
      'object 1 has two meshes or lists of components; expected one',
    ],
    ['a wrong id', modelOf(objectOf(0, triangle)), "id is '0'; expected a whole number from 1"],
    ['no id', modelOf('<object/>'), 'an element without id; expected it'],
    [
      'an unknown type',
      modelOf(objectOf(1, triangle, ' type="x"')),
      "an object of the type 'x'; expected one of model",
    ],
    [
      'an unknown unit',
      modelOf(one, undefined, ' unit="parsec"'),
      "line 2: the unit 'parsec'; expected one of micron, millimeter",
    ],
    ['a unit of all objects', modelOf(one, undefined, ' unit="toString"'), "the unit 'toString'"],
    [
      'a wrong transform',
      modelOf(one, '<item objectid="1" transform="1 0 0"/>'),
      "the transform '1 0 0'; expected 12 numbers",
    ],
    [
      'a transform without numbers',
      modelOf(one, `<item objectid="1" transform="${'x '.repeat(12)}"/>`),
      'expected 12 numbers',
    ],
    [
      'an infinite transform',
      modelOf(one, `<item objectid="1" transform="${'1e308 '.repeat(12)}"/>`).replace('x="1"', 'x="10"'),
      "the transform of 'object 1' makes a coordinate infinite",
    ],
    [
      'a vertex without z',
      modelOf(one).replace(' z="0"', ''),
      'line 5: a vertex without x, y or z; expected all three',
    ],
    ['a vertex with x twice', modelOf(one).replace(' z="0"', ' x="0"'), 'a vertex without x, y or z'],
    [
      'a coordinate that is no number',
      modelOf(one).replace('z="0"', 'z="1,5"'),
      "line 5: '1,5' is not a number; expected z of a vertex",
    ],
    ['an infinite coordinate', modelOf(one).replace('z="0"', 'z="1e999"'), "line 5: '1e999' is not finite"],
    [
      'a vertex that does not exist',
      modelOf(one).replace('v3="2"', 'v3="3"'),
      "line 10: a triangle with the vertex '3'; expected a number from 0 to less than 3",
    ],
    [
      'a huge vertex number',
      modelOf(one).replace('v3="2"', 'v3="99999999999999999999"'),
      "a triangle with the vertex '99999999999999999999'",
    ],
    [
      'a negative vertex number',
      modelOf(one).replace('v3="2"', 'v3="-1"'),
      "a triangle with the vertex '-1'",
    ],
    [
      'a triangle without v2',
      modelOf(one).replace('v2="1"', ''),
      'a triangle without v1, v2 or v3; expected all three',
    ],
    [
      'a mistyped tag',
      modelOf(one).replace('<triangle ', '<triangel '),
      'line 10: <triangel> within <triangles>; expected <triangle>',
    ],
    [
      'triangles first',
      modelOf(objectOf(1, '<mesh><triangles/><vertices/></mesh>')),
      '<triangles> before <vertices>; expected vertices first',
    ],
    [
      'no triangles',
      modelOf(objectOf(1, '<mesh><vertices/></mesh>')),
      'the mesh of object 1 has no <triangles>; expected some',
    ],
    [
      'vertices twice',
      modelOf(objectOf(1, '<mesh><vertices/><vertices/></mesh>')),
      'a second <vertices> in a mesh; expected one',
    ],
    [
      'no build',
      modelOf(one).replace(/<build>.*<\/build>/, ''),
      'the model has no <build>; expected the items to build',
    ],
    ['two builds', modelOf(one).replace('</build>', '</build><build/>'), 'a second <build>; expected one'],
    ['another root', '<svg/>', 'line 1: the root element is <svg> of no namespace; expected <model>'],
    [
      'a document type',
      modelOf(one).replace('<model', '<!DOCTYPE lolz [<!ENTITY a "&b;&b;">]><model'),
      'line 2: a document type, which 3MF forbids',
    ],
  ])('is refused with %s', async (_, model, problem) => {
    expect(await refuse(model)).toContain(problem);
    expect(await refuse(model)).toMatch(/^3D\/3dmodel\.model: line \d+: |^byte 0: the transform/);
  });

  it('is refused if the package names no model in it', async () => {
    const refusePackage = async (relationships: string | undefined) =>
      (
        await refuseMesh(
          makeZip([
            { name: '3D/3dmodel.model', content: modelOf(one) },
            ...(relationships === undefined ? [] : [{ name: '_rels/.rels', content: relationships }]),
          ]),
        )
      ).problem;
    expect(await refusePackage(undefined)).toBe(
      'the zip archive has no _rels/.rels; expected the parts of a 3MF file',
    );
    expect(await refusePackage(relate([]))).toBe(
      '_rels/.rels names no 3D model; expected one, as in a 3MF file',
    );
    expect(await refusePackage(relate(['/a', '/b']))).toBe('_rels/.rels names 2 3D models; expected one');
    expect(await refusePackage(relate(['/a']))).toBe(
      "the 3D model 'a' is not in the archive; expected it there",
    );
    expect(await refusePackage(RELATIONSHIPS.replace(' Id', ' TargetMode="External" Id'))).toContain(
      'outside the package',
    );
    for (const target of ['3D/3dmodel.model', '/3D/./x/../3dmodel.model', '/3D/3dmodel%2emodel']) {
      const files = [
        { name: '3D/3dmodel.model', content: modelOf(one) },
        { name: '_rels/.rels', content: relate([target, target]) },
      ];
      expect((await readMesh(makeZip(files))).triangles).toHaveLength(1);
    }
  });

  it('reports damage of the archive rather than its consequences', async () => {
    const archive = packThreeMf(modelOf(one), {}, { isStored: true });
    archive[archive.indexOf('</mesh>') + 2] = 0x3c;
    expect((await refuseMesh(archive)).problem).toMatch(
      /^damaged data of '3D\/3dmodel.model' \(its CRC-32 is/,
    );
  });

  it('is refused if its objects multiply beyond reason, or nest too deep', async () => {
    const nest = (levels: number, copies: number) =>
      Array.from({ length: levels }, (_, k) =>
        objectOf(k + 2, components(...Array(copies).fill(`objectid="${k + 1}"`))),
      ).join('');
    expect(await refuse(modelOf(one + nest(90, 10), '<item objectid="91"/>'))).toMatch(
      /the build has [\d,]+ triangles in [\d,]+ objects, or more; expected at most/,
    );
    expect(await refuse(modelOf(one + nest(120, 1), '<item objectid="121"/>'))).toContain(
      'components more than 100 deep',
    );
    // From inside out, so that each is counted before it is used.
    const items = Array.from({ length: 121 }, (_, k) => `<item objectid="${k + 1}"/>`).join('');
    expect(await refuse(modelOf(one + nest(120, 1), items))).toContain('components more than 100 deep');
    expect((await read(one + nest(3, 10), '<item objectid="4"/>')).triangles).toHaveLength(1000);
  });

  it('is refused if its objects take too much memory', async () => {
    const source = await openBytes(packThreeMf(modelOf(one, '<item objectid="1"/>'.repeat(1000))));
    const options = { batchTriangles: 10, salvage: false, warn: () => undefined, heldBytes: 100_000 };
    await expect(threeMf.open(source, options)).rejects.toThrow(
      'the objects take more than 100 kB of memory',
    );
  });

  it('limits what it unpacks by --max-size, however well it is packed', async () => {
    const blank = packThreeMf(modelOf(`${' '.repeat(5e7)}${one}`));
    const source = await ByteSource.of('in', [blank], blank.length, { maxBytes: 1e7 });
    const options = { batchTriangles: 10, salvage: false, warn: () => undefined };
    await expect(threeMf.open(source, options)).rejects.toThrow(
      'the unpacked content of the archive is larger than 10,000,000 bytes; expected at most that',
    );
  });
});

describe('3MF in a database', () => {
  const { vertices, faces } = toIndexed([...makeTube(60, 40)]);
  const resources =
    objectOf(1, meshOf(vertices, faces)) + objectOf(2, components('objectid="1"'), ' name="copy"');
  const model = modelOf(
    resources,
    '<item objectid="1"/><item objectid="2" transform="-1 0 0 0 1 0 0 0 1 9 0 0"/>',
    ' unit="inch"',
  );

  it.each([true, false])('is located at its lines, compressed again or not (%s)', async (isPacked) => {
    const folder = freshFolder();
    const input = join(folder, isPacked ? 'in.3mf.gz' : 'in.3mf');
    const archive = packThreeMf(model);
    writeFileSync(input, isPacked ? gzipSync(archive) : archive);
    const database = join(folder, 'mesh.db');
    await importMesh(input, database);
    const lines = model.split('\n');
    for (const id of [0, 1, faces.length - 1, faces.length, 2 * faces.length - 1]) {
      const found = await locateTriangle(database, id);
      expect(found.member).toBe('3D/3dmodel.model');
      const text = Buffer.from(found.bytes).toString();
      const [a, b, c] = faces[id % faces.length]!;
      expect(text).toBe(`<triangle v1="${a}" v2="${b}" v3="${c}"/>`);
      expect(lines[found.line! - 1]).toContain(text);
      expect(model.slice(found.offset, found.offset + found.size)).toBe(text);
      expect(found.parts[0]!.name).toBe(id < faces.length ? 'object 1' : 'copy');
    }
    const vertex = await locateVertex(database, 700);
    expect(lines[vertex.line! - 1]).toBe(Buffer.from(vertex.bytes).toString());
    expect((await verifyMesh(database, input)).isEqual).toBe(true);
    const { stdout } = await runCli(['locate', database, '5']);
    expect(`${stdout}`).toMatch(
      /place +line \d+, 1 line; byte \d+, \d+ bytes of 3D\/3dmodel\.model in the archive/,
    );
    expect(`${(await runCli(['info', database])).stdout}`).toContain('unit inch, as in --units inch:mm');
    const { sources } = JSON.parse(`${(await runCli(['info', database, '--json'])).stdout}`);
    expect(sources[0].options.unit).toBe('inch');
  });

  it('has the differences of another file at its lines', async () => {
    const folder = freshFolder();
    const [one, other] = ['one.3mf', 'other.3mf'].map((name) => join(folder, name));
    writeFileSync(one!, packThreeMf(model));
    writeFileSync(other!, packThreeMf(model.replace('<vertex x="', '<vertex x="1')));
    const { stderr, stdout } = await runCli(['verify', other!, one!]);
    expect(`${stdout}${stderr}`).toContain('3D/3dmodel.model: line');
  });

  it('is the same with batches of any size, compressed or not, and needs no order', async () => {
    const folder = freshFolder();
    const archive = packThreeMf(model);
    const texts = new Set<string>();
    for (const [k, batchTriangles] of [1, 7, 256, 1000, 16_384].entries()) {
      const input = join(folder, `${k}.3mf`);
      writeFileSync(input, k % 2 === 0 ? archive : gzipSync(archive));
      await convertMesh(input, join(folder, `${k}.off`), { batchTriangles });
      texts.add(readFileSync(join(folder, `${k}.off`), 'utf8'));
    }
    expect(texts.size).toBe(1);
    expect([...texts][0]).toMatch(new RegExp(`^OFF\\n\\d+ ${2 * faces.length} 0\\n`));
  });

  it('says that nothing can be recovered of a truncated archive', async () => {
    const archive = toThreeMf(vertices, faces);
    const error = await refuseMesh(archive.subarray(0, -10), { salvage: true });
    expect(error.code).toBe('FORMAT_TRUNCATED');
    expect(error.hint).toBe('copy or download it again; nothing can be recovered without its directory');
  });
});
