/** The folders of the installed package and of the packages that it needs to run, for an archive of them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a running program needs of the package itself. */
const OWN = ['package.json', 'dist', 'migrations', 'cluster'] as const;

/** A file or a folder: `path` within `folder`, and in an archive. */
export interface PackagePath {
  readonly folder: string;
  readonly path: string;
}

/** Returns the path of a file of the package. */
export function packagePath(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('#package')), path);
}

/** Lists what the program consists of, with the packages that it needs, as a tree in which Node finds them. */
export function listPackageTree(): PackagePath[] {
  const root = packagePath('.');
  const paths: PackagePath[] = OWN.map((path) => ({ folder: root, path }));
  const seen = new Set<string>();
  const add = (folder: string) => {
    for (const name of dependenciesOf(folder)) {
      const tree = findTree(folder, name);
      const path = join('node_modules', name);
      if (tree === undefined || seen.has(join(tree, path))) continue;
      seen.add(join(tree, path));
      // One within another package is in the archive with that package.
      if (root === tree || root.startsWith(join(tree, '/'))) paths.push({ folder: tree, path });
      add(join(tree, path));
    }
  };
  add(root);
  return paths;
}

function dependenciesOf(folder: string): string[] {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Readonly<Record<string, string>> };
  return Object.keys(dependencies);
}

/** Returns the nearest folder whose node_modules has the package, as Node looks for it. */
function findTree(folder: string, name: string): string | undefined {
  for (let tree = folder; ; tree = dirname(tree)) {
    if (existsSync(join(tree, 'node_modules', name, 'package.json'))) return tree;
    if (dirname(tree) === tree) return undefined;
  }
}
