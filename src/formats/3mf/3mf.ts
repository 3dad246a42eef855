/**
 * The entry point of 3MF: a zip archive with XML that defines objects, and a build of them.
 *
 * Triangles of the build are read with the names of their objects, once for each use. The production extension, with which
 * slicers spread objects over several parts, is read too. Colors, textures, slices and lattices are not.
 */
import { MEMORY_DEFAULT, MIB } from '../../memory.js';
import type { Format, ReadOptions, ReadStart, SavedReader } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { Model, UNITS } from './model.js';
import { readMember, readModel } from './model-reader.js';
import { Package } from './package.js';
import { BLOCK_ROWS, type RowForm } from './row-spool.js';
import { Scene } from './scene.js';
import { SceneReader } from './scene-reader.js';
import { isThreeMf } from './sniff.js';

/** Measured: buffers of windows, decoders and the spool. */
const BUFFERS_BYTES = 8 * MIB;

export const threeMf = {
  id: '3mf',
  name: '3MF',
  extensions: ['3mf'],

  sniff(head) {
    return isThreeMf(head) ? 'it is a zip archive with a 3D model' : undefined;
  },

  async open(source, options) {
    const file = source.createTemporary();
    const forms = formsFor(options);
    const model = new Model(options.heldBytes ?? MEMORY_DEFAULT);
    const parts = await Package.open(source);
    await readModel(parts, model, file, forms);
    const scene = new Scene(model);
    warnOf(model, scene, options);
    const reader = new SceneReader(scene, file, forms, options);
    return {
      encoding: 'ascii',
      precision: 'float64',
      layout: 'indexed',
      expectedTriangles: scene.triangles,
      unit: UNITS[model.unit],
      heldBytes: model.heldBytes + BUFFERS_BYTES,
      items: (_parsers?: PieceParsers, start?: ReadStart | SavedReader) => reader.items(start),
      save: () => reader.save(),
      findMember: (offset: number) => {
        const { name, base } = model.partAt(offset);
        return { name, offset: offset - base };
      },
      readMember: (offset: number, end: number) => readMember(parts, model, offset, end),
      colorScales: () => ({ vertex: 1, face: 1 }),
    };
  },
} as const satisfies Format;

/** Places are known to within a block of rows; if batches must begin at places, a block has one row. */
function formsFor({ placeBytes, batchTriangles }: ReadOptions): Record<'vertices' | 'triangles', RowForm> {
  const isExact = placeBytes === 0 || batchTriangles % BLOCK_ROWS !== 0;
  const blockRows = isExact ? 1 : BLOCK_ROWS;
  return { vertices: { Numbers: Float64Array, blockRows }, triangles: { Numbers: Uint32Array, blockRows } };
}

function warnOf(model: Model, scene: Scene, { warn }: ReadOptions): void {
  for (const what of model.unread) {
    warn({ kind: `3mf-${what.replaceAll(' ', '-')}`, message: `${what} are not read` });
  }
  if (scene.leftOut > 0) {
    warn({ kind: '3mf-other', message: `objects of the type 'other' are skipped (${scene.leftOut})` });
  }
}
