/** Walks the nodes of a scene with their transforms. */
import { formatCount } from '../../wording.js';
import { type GltfDocument, nameOf } from './document.js';
import { compose, IDENTITY, type Matrix, multiply } from './matrix.js';
import type { NodeJson } from './schema.js';

/** A mesh at a node. */
export interface MeshInstance {
  readonly mesh: number;
  readonly matrix: Matrix;
  /** The name of the node, else of the mesh. */
  readonly name: string;
  readonly node: NodeJson;
}

/**
 * Yields the meshes of the scene in the order of its nodes, each before those of its children. A node is visited once, so
 * there are no more instances than nodes. Throws FormatError if the nodes are not trees.
 */
export function* walkScene(document: GltfDocument): Generator<MeshInstance> {
  const stack = document
    .roots()
    .reverse()
    .map((id) => ({ id, above: IDENTITY }));
  const seen = new Set<number>();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { id } = next;
    const node = document.node(id);
    if (seen.has(id)) {
      throw document.bad(`nodes[${id}] is its own ancestor or has two parents`, 'a tree of nodes');
    }
    seen.add(id);
    const matrix = multiply(next.above, transformOf(document, node, id));
    if (node.mesh !== undefined) {
      const mesh = document.whole(node.mesh, `nodes[${id}].mesh`);
      const name = nameOf(node.name) || nameOf(document.mesh(mesh).name);
      yield { mesh, matrix, name, node };
    }
    for (const child of document.children(node.children, `nodes[${id}]`).reverse()) {
      stack.push({ id: child, above: matrix });
    }
    if (stack.length > document.nodes.length) {
      throw document.bad(
        `the nodes name more than ${formatCount(document.nodes.length)} children`,
        'a tree of nodes',
      );
    }
  }
}

function transformOf(document: GltfDocument, node: NodeJson, id: number): Matrix {
  const numbers = (key: 'matrix' | 'translation' | 'rotation' | 'scale', otherwise: Matrix): Matrix => {
    if (node[key] === undefined) return otherwise;
    const values = document.list(node[key], `nodes[${id}].${key}`);
    if (values.length !== otherwise.length || !values.every((value) => Number.isFinite(value))) {
      throw document.bad(
        `nodes[${id}].${key} is not a list of numbers`,
        `${otherwise.length} finite numbers`,
      );
    }
    return values as number[];
  };
  if (node.matrix !== undefined) return numbers('matrix', IDENTITY);
  return compose(
    numbers('translation', [0, 0, 0]),
    numbers('rotation', [0, 0, 0, 1]) as [number, number, number, number],
    numbers('scale', [1, 1, 1]) as [number, number, number],
  );
}
