/** The files that the commands of a case read. */
import { join } from 'node:path';
import type { Encoding } from './encode.js';

/** File names end as readers expect it. */
const EXTENSIONS: Readonly<Record<Encoding, string>> = {
  stl: 'stl',
  ascii: 'stl',
  raw: 'raw',
  ply: 'ply',
  'ply-be': 'ply',
  'ply-color': 'ply',
  'ply-ascii': 'ply',
  obj: 'obj',
  off: 'off',
  glb: 'glb',
};

/** The files of one case, made once and untimed; those from `tiles` on only where every command has a row. */
export interface CaseFiles {
  readonly folder: string;
  readonly input: string;
  readonly database: string;
  readonly reference: string;
  /** The input cut into 64 files, and into nine tenths and one; databases of the nine tenths and for tiles. */
  readonly tiles: string;
  readonly parts: string;
  readonly base: string;
  readonly tiled: string;
  /** A database of the 64 files. */
  readonly many: string;
}

export function nameFiles(folder: string, encoding: Encoding): CaseFiles {
  const input = join(folder, `in.${EXTENSIONS[encoding]}`);
  const at = (name: string) => join(folder, name);
  return {
    folder,
    input,
    database: at('reference.db'),
    reference: at('reference.off'),
    tiles: at('tiles'),
    parts: at('parts'),
    base: at('base.db'),
    tiled: at('tiled.db'),
    many: at('many.db'),
  };
}
