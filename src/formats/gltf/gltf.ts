/**
 * The entry point of the reader of binary glTF (GLB, Khronos glTF 2.0): a JSON chunk that describes nodes, meshes and
 * accessors, then a binary chunk with their numbers.
 *
 * Triangles, strips and fans of the default scene are read with normals and vertex colors, once for each node that shows
 * them. Materials, textures, skins, animations and morph targets are not read, nor are compressed meshes.
 */
import type { Format, ReadStart, SavedReader } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { parseContainer } from './container.js';
import { GltfDocument } from './document.js';
import { SceneReader } from './scene-reader.js';

export const gltf = {
  id: 'gltf',
  name: 'binary glTF (GLB)',
  extensions: ['glb'],

  sniff(head) {
    const isGltf = Buffer.from(head.subarray(0, 4)).toString('latin1') === 'glTF';
    return isGltf && head[4] === 2 && head[5] === 0 ? "it begins with 'glTF' and version 2" : undefined;
  },

  open(source, options) {
    const { json, binOffset } = parseContainer(source.head);
    const document = new GltfDocument(json, binOffset);
    const reader = new SceneReader(source, document, options);
    return {
      encoding: 'binary',
      precision: reader.precision,
      layout: 'indexed',
      expectedTriangles: reader.triangles,
      items: (_parsers?: PieceParsers, start?: ReadStart | SavedReader) => reader.items(start),
      save: () => reader.save(),
      colorScales: () => ({ vertex: 1, face: 1 }),
    };
  },
} as const satisfies Format;
