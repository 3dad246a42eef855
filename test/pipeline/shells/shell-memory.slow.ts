import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { writeBinaryStl } from '../../support/meshes.js';
import { makeTetrahedron } from '../../support/shells.js';

it('neither judges nor orients more shells than fit in memory', async () => {
  const folder = freshFolder();
  const run = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  // Tetrahedra: 160,000 of them take more than the smallest memory gives to shells.
  const count = 160_000;
  function* tetrahedra() {
    for (let k = 0; k < count; k++) {
      const [x, y] = [2 * (k % 400), 2 * Math.floor(k / 400)];
      const corners = [
        [x, y, 0],
        [x + 1, y, 0],
        [x, y + 1, 0],
        [x, y, 1],
      ] as const;
      for (const triangle of makeTetrahedron(corners)) yield triangle.flat();
    }
  }
  writeBinaryStl(join(folder, 'many.stl'), tetrahedra(), 4 * count);
  await run(['import', 'many.stl', 'many.db']);
  const { stdout } = await run(['check', 'many.db', '--memory', '192M']);
  expect(stdout).toMatch(/\nclosed shells +160,000\nclosed +yes\n/);
  expect(stdout).toMatch(/\nprintable +not known\n +- its shells are not judged: .* raise --memory\n$/);
  const refused = await run(['export', 'many.db', 'many.off', '--orient', 'outward', '--memory', '192M']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /160,000 closed shells cannot be judged with this much memory\nhint: raise --memory/,
  );
  const judged = await run(['check', 'many.db', '--memory', '256M']);
  expect(judged.stdout).toMatch(/\nprintable +yes\n$/);
});
