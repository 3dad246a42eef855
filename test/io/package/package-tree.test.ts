import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listPackageTree, packagePath } from '../../../src/io/package/package-tree.js';

describe('listPackageTree', () => {
  const tree = listPackageTree();

  it('lists the package and all that it needs, once each', () => {
    const paths = tree.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'dist', 'migrations', 'cluster']));
    const text = readFileSync(packagePath('package.json'), 'utf8');
    const { dependencies } = JSON.parse(text) as { dependencies: object };
    const direct = Object.keys(dependencies).map((name) => join('node_modules', name));
    expect(paths).toEqual(expect.arrayContaining(direct));
    // tinyglobby needs it.
    expect(paths).toContain(join('node_modules', 'picomatch'));
    expect(paths).not.toContain(join('node_modules', 'vitest'));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('lists what exists', () => {
    expect(tree.filter(({ folder, path }) => !existsSync(join(folder, path)))).toEqual([]);
  });
});
