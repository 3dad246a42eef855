/**
 * The entry point of glTF 2.0: JSON that describes nodes, meshes and accessors, with buffers in the same file (GLB, or
 * base64) or beside it.
 *
 * Triangles of the default scene are read with normals and vertex colors, once for each node that shows them. Textures,
 * skins, animations and morph targets are not read, nor are compressed meshes.
 */
import { MEMORY_DEFAULT } from '../../memory.js';
import type { Format, ReadStart, SavedReader } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { Buffers } from './buffers.js';
import { isBinaryGltf, readContainer } from './container.js';
import { GltfDocument } from './document.js';
import { readJson } from './json-text.js';
import { SceneReader } from './read/scene-reader.js';
import { isTextGltf } from './sniff.js';

export const gltf = {
  id: 'gltf',
  name: 'glTF 2.0, text or binary (GLB)',
  extensions: ['glb', 'gltf'],

  sniff(head) {
    if (isBinaryGltf(head)) return "it begins with 'glTF' and a version";
    return isTextGltf(head) ? "it is JSON with an 'asset'" : undefined;
  },

  async open(source, options) {
    const container = await readContainer(source);
    const { json, uris, heldBytes } = await readJson(
      source,
      container.json,
      options.heldBytes ?? MEMORY_DEFAULT,
    );
    const document = new GltfDocument(json, container.json.offset);
    const buffers = new Buffers(source, document, container, uris);
    const reader = new SceneReader(source, container, document, buffers, options);
    return {
      encoding: 'binary',
      precision: reader.precision,
      layout: 'indexed',
      expectedTriangles: reader.triangles,
      heldBytes,
      keptBytes: source.isRandomAccess ? 0 : container.end,
      items: (_parsers?: PieceParsers, start?: ReadStart | SavedReader) => reader.items(start),
      save: () => reader.save(),
      dissect: (_kind, bytes) => reader.dissect(bytes),
      colorScales: () => ({ vertex: 1, face: 1 }),
    };
  },
} as const satisfies Format;
