/** The versions of Node that people run. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const MAJORS = ['22', '24', '26'];

/**
 * The program of a version, from node_modules/.cache of the project in `root`. If it is not there, npm fetches its package
 * of that name first.
 */
export function fetchNode(root: string, major: string): string {
  const folder = join(root, 'node_modules/.cache', `node-${major}`);
  const program = join(folder, 'node_modules/.bin/node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ allowScripts: { node: true } }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
  return program;
}
