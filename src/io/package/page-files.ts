/** The files of the page, which the build puts into the package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packagePath } from './package-tree.js';

const FOLDER = 'dist/web';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Reads all files of the page, by the path of their URL. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const folder = packagePath(FOLDER);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      const file = { type, bytes: readFileSync(join(folder, name)) };
      return name === 'index.html' ? [['/', file] as const] : [[`/${name}`, file] as const];
    }),
  );
}
