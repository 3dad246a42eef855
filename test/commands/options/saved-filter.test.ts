import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addSaved } from '../../../src/commands/options/saved-filter.js';
import { importMesh } from '../../../src/pipeline/import-mesh.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';

it('adds the conditions of saved filters to those of the command line', async () => {
  const folder = freshFolder();
  const db = join(folder, 'in.db');
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(3, 4)));
  await importMesh(join(folder, 'in.stl'), db);
  await runCli(['filter', 'save', 'in.db', 'low', '--where', 'max_z < 0', '--weld', '0.1'], { cwd: folder });
  const own = { where: ['area > 1'] };
  expect(addSaved(db, undefined, own)).toBe(own);
  expect(addSaved(db, ['low'], own)).toMatchObject({ where: ['max_z < 0', 'area > 1'], weld: 0.1 });
  expect(() => addSaved(db, ['lows'], own)).toThrow(/lows/);
});
