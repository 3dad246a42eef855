/** Pictures of meshes, against rays through each sample. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmptyError, UsageError } from '../../../src/errors.js';
import { MEMORY_MINIMUM } from '../../../src/memory.js';
import { importMesh } from '../../../src/pipeline/import-mesh.js';
import { type RenderOptions, renderMesh } from '../../../src/pipeline/view/render-mesh.js';
import { Aim, type Camera } from '../../../src/render/camera.js';
import { freshFolder } from '../../support/files.js';
import { type Corners, makeTube, shuffle, toBinaryStl } from '../../support/meshes.js';
import { decodePng } from '../../support/png.js';

async function importAll(triangles: Iterable<Corners>): Promise<{ folder: string; db: string }> {
  const folder = freshFolder();
  const db = join(folder, 'in.db');
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(triangles));
  await importMesh(join(folder, 'in.stl'), db);
  return { folder, db };
}

async function render(db: string, folder: string, options: RenderOptions = {}) {
  const output = join(folder, 'out.png');
  const result = await renderMesh(db, output, { force: true, ...options });
  const file = readFileSync(output);
  expect(result).toMatchObject({ bytes: file.length });
  return { result, file, image: decodePng(file) };
}

/** How many triangles the ray through a point of the picture passes: 1 for each front, -1 for each back; and how many. */
function cast(
  { right, up, back, place, focal, width, height }: Camera,
  x: number,
  y: number,
  triangles: readonly Corners[],
) {
  const mix = (a: number, b: number, c: number) =>
    [0, 1, 2].map((d) => a * right[d]! + b * up[d]! + c * back[d]!);
  const eye = mix(...(place as [number, number, number]));
  const ray = mix((x - width / 2) / focal, (height / 2 - y) / focal, -1);
  const cross = (a: number[], b: number[]) => [
    a[1]! * b[2]! - a[2]! * b[1]!,
    a[2]! * b[0]! - a[0]! * b[2]!,
    a[0]! * b[1]! - a[1]! * b[0]!,
  ];
  const dot = (a: number[], b: number[]) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  let hits = 0;
  for (const corners of triangles) {
    const [a, b, c] = [0, 3, 6].map((k) => corners.slice(k, k + 3).map((value, d) => value - eye[d]!)) as [
      number[],
      number[],
      number[],
    ];
    const signs = [dot(cross(a, b), ray), dot(cross(b, c), ray), dot(cross(c, a), ray)];
    if (signs.every((sign) => sign > 0) || signs.every((sign) => sign < 0)) hits++;
  }
  return hits;
}

describe('a picture', () => {
  it('covers what rays through its samples hit', async () => {
    const triangles = [...makeTube(20, 12)];
    const { folder, db } = await importAll(shuffle(triangles));
    const [width, height] = [48, 30];
    const view = [2, -3, 1] as const;
    const { image, result } = await render(db, folder, { width, height, view, background: 'none' });
    expect(result).toMatchObject({ triangles: triangles.length, width, height });
    expect(image).toMatchObject({ width, height, channels: 4 });

    const aim = new Aim(view, 'z', width, height);
    aim.take({ count: 3 * triangles.length, positions: Float64Array.from(triangles.flat()) });
    const camera = aim.camera()!;
    let others = 0;
    let covered = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const samples = [
          [0.25, 0.25],
          [0.75, 0.25],
          [0.25, 0.75],
          [0.75, 0.75],
        ];
        const hits = samples.filter(([dx, dy]) => cast(camera, x + dx!, y + dy!, triangles) > 0).length;
        covered += hits;
        if (image.pixels[4 * (y * width + x) + 3] !== Math.round((255 * hits) / 4)) others++;
      }
    }
    expect(covered).toBeGreaterThan(width * height);
    expect(others).toBe(0);
  }, 30_000);

  it('shows the side that is nearer, in each view of a closed mesh', async () => {
    const { folder, db } = await importAll(makeTube(20, 12));
    for (const view of ['iso', 'front', 'top', 'bottom'] as const) {
      for (const flip of [false, true]) {
        const { image } = await render(db, folder, { width: 40, height: 40, view, background: 'none', flip });
        for (let at = 0; at < image.pixels.length; at += 4) {
          const [red, , blue, alpha] = image.pixels.subarray(at, at + 4);
          if (alpha === 255) expect(blue! > red!).toBe(!flip);
        }
      }
    }
  });

  it('is the same for any order and memory, and changes with filter, transform and background', async () => {
    const triangles = [...makeTube(60, 40)];
    const { folder, db } = await importAll(triangles);
    const other = await importAll(shuffle(triangles));
    const plain = await render(db, folder);
    expect((await render(other.db, other.folder)).image.pixels).toEqual(plain.image.pixels);
    expect((await render(db, folder, { memoryBytes: 300 * 2 ** 20, threads: 1 })).file).toEqual(plain.file);
    const variants: RenderOptions[] = [
      { filter: { where: ['max_z < 0'] } },
      { transform: [{ kind: 'rotate', axis: [1, 0, 0], degrees: 40 }] },
      { background: [0, 0, 0] },
      { view: 'left' },
      { up: 'y' },
    ];
    for (const options of variants)
      expect((await render(db, folder, options)).file.equals(plain.file)).toBe(false);
    expect((await render(db, folder, variants[0])).result.triangles).toBeLessThan(triangles.length);
  });

  it('is not left half written, and does not replace a file', async () => {
    const { folder, db } = await importAll(makeTube(60, 40));
    const output = join(folder, 'a.png');
    writeFileSync(output, 'kept');
    await expect(renderMesh(db, output)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    const controller = new AbortController();
    const stopped = renderMesh(db, output, {
      force: true,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(readFileSync(output, 'latin1')).toBe('kept');
    await expect(renderMesh(db, db, { force: true })).rejects.toThrow(/the output is the database itself/);
    await expect(renderMesh(db, join(folder, 'b.png'), { filter: { where: ['area < 0'] } })).rejects.toThrow(
      EmptyError,
    );
    expect(statSync(db).size).toBeGreaterThan(0);
    expect(readdirSync(folder).toSorted()).toEqual(['a.png', 'in.db', 'in.stl']);
  });

  it('must fit in the memory', async () => {
    const { folder, db } = await importAll(makeTube(3, 4));
    const tooLarge = renderMesh(db, join(folder, 'a.png'), { width: 16_384, height: 16_384 });
    await expect(tooLarge).rejects.toThrow(UsageError);
    await expect(tooLarge).rejects.toThrow(
      /^a picture of 16,384 x 16,384 pixels takes 9\.66 GB of memory, which leaves too little of/,
    );
  });

  it('has its usual size with the least memory', async () => {
    const { folder, db } = await importAll(makeTube(3, 4));
    const picture = await renderMesh(db, join(folder, 'a.png'), { memoryBytes: MEMORY_MINIMUM });
    expect(picture).toMatchObject({ width: 1200, height: 900 });
  });
});
