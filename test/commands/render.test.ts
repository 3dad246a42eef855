import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { decodePng } from '../support/png.js';

async function setUp() {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(40, 12)));
  const run = (...args: string[]) => runCli(args, { cwd: folder });
  await run('import', 'in.stl', 'mesh.db');
  return { run, at: (name: string) => join(folder, name) };
}

it('writes a PNG file beside the database, by name or to standard output', async () => {
  const { run, at } = await setUp();
  const { code, stderr } = await run('render', 'mesh.db');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^984 triangles in 1,200 x 900 pixels; mesh\.png [\d.]+ kB; /);
  const picture = readFileSync(at('mesh.png'));
  expect(decodePng(picture)).toMatchObject({ width: 1200, height: 900, channels: 3 });
  expect((await run('render', 'mesh.db', '-')).stdout.equals(picture)).toBe(true);

  expect((await run('render', 'mesh.db')).stderr).toMatch(
    /mesh\.png: already exists\nhint: --force replaces it/,
  );
  const summary = await run(
    'render',
    'mesh.db',
    'a.png',
    '--size',
    '20x10',
    '--background',
    'none',
    '--json',
  );
  expect(JSON.parse(summary.stdout.toString())).toMatchObject({
    output: 'a.png',
    triangles: 984,
    width: 20,
    height: 10,
  });
  expect(decodePng(readFileSync(at('a.png')))).toMatchObject({ width: 20, height: 10, channels: 4 });
});

it('takes filters, also saved ones', async () => {
  const { run } = await setUp();
  await run('filter', 'save', 'mesh.db', 'low', '--where', 'max_z < 0');
  const count = async (...options: string[]) =>
    JSON.parse((await run('render', 'mesh.db', 'a.png', '-f', '--json', ...options)).stdout.toString())
      .triangles;
  const low = await count('--where', 'max_z < 0');
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(984);
  expect(await count('--filter', 'low')).toBe(low);
  expect(await count('--filter', 'low', '--limit', '5')).toBe(5);
});

it.each([
  [['--size', '1200'], /--size 1200: expected <width>x<height>, each from 1 to 16,384, such as 1200x900/],
  [['--size', '0x9'], /--size 0x9: expected <width>x<height>/],
  [
    ['--view', 'above'],
    /--view above: expected iso, front, back, left, right, top, bottom, or 3 numbers: x,y,z/,
  ],
  [['--view', '1,2'], /--view 1,2: .*expected 3 numbers: x,y,z/],
  [['--view', '0,0,0'], /--view 0,0,0: expected a direction that is not 0,0,0/],
  [
    ['--background', 'blurple'],
    /--background blurple: expected a color such as #ffffff, or white, black or none/,
  ],
  [['--up', 'x'], /--up x: .*y, z/],
  [['-o', 'a.jpg'], /a\.jpg: does not end in \.png; expected the name of a PNG file/],
  [['-', '--json'], /--json and the picture cannot both go to standard output/],
  [
    ['--size', '9000x9000'],
    /a picture of 9,000 x 9,000 pixels takes .* of memory.*\nhint: use --memory 2925M, or make the picture smaller/,
  ],
])('refuses %j', async (options, message) => {
  const { run, at } = await setUp();
  const { code, stderr } = await run('render', 'mesh.db', ...options);
  expect(stderr).toMatch(message);
  expect(code).toBeGreaterThan(0);
  expect(existsSync(at('mesh.png'))).toBe(false);
});
