/** What a check of a mesh finds: figures, and the verdicts that follow from them. */

import type { Bounds, Precision } from '../../mesh.js';
import type { Measures } from '../../topology/measures.js';
import { isRight, type JudgedShell } from '../../topology/shell-list.js';
import { SHELL_VERDICTS, type ShellVerdict } from '../../topology/shell-verdicts.js';
import type { TopologyCount } from '../../topology/topology-count.js';

/** The most shells that a check lists. */
export const SHELLS_LISTED_MAX = 1000;

/** What there is of a mesh, and what is wrong with it. docs/check.md defines each figure. */
export interface MeshCheck {
  readonly triangles: number;
  readonly vertices: number;
  /** Of the positions. */
  readonly precision: Precision;
  /** The box around all vertices; undefined where there are none. */
  readonly bounds: Bounds | undefined;
  /** In the square of the source's units. */
  readonly area: number;
  /** Positive where triangles face outwards. Of an open surface: measured from the point 0 0 0. */
  readonly volume: number;
  /** Triangles two of whose corners are one vertex. What follows leaves them out. */
  readonly degenerate: number;
  /** Triangles with the same three vertices as an earlier one. */
  readonly duplicate: number;
  /** Vertices that no triangle has. */
  readonly unreferenced: number;
  readonly edges: number;
  /** Edges of one triangle only. */
  readonly boundaryEdges: number;
  /** Closed walks along them: the rims of holes. */
  readonly boundaryLoops: number;
  /** Edges of more than two triangles. */
  readonly nonManifoldEdges: number;
  /** Vertices whose triangles do not all hang together by edges that end there. */
  readonly nonManifoldVertices: number;
  /** Edges along which two triangles run in the same direction: one of them faces the wrong way. */
  readonly misorientedEdges: number;
  /** Whether turning triangles round can set all of these right. */
  readonly isOrientable: boolean;
  /** What hangs together by common vertices. */
  readonly components: number;
  /** What hangs together by common edges. */
  readonly shells: number;
  /** Shells that are closed and consistently wound, without a non-manifold edge: those that can be judged. */
  readonly closedShells: number;
  /** How many of these there are of each verdict; undefined if they do not fit the memory. */
  readonly shellVerdicts: Readonly<Record<ShellVerdict, number>> | undefined;
  /** Some of them, {@link SHELLS_LISTED_MAX} at most: faulty ones first, each group in the order of first triangles. */
  readonly shellList: readonly JudgedShell[];
  /** Vertices that are used, minus edges, plus triangles. */
  readonly eulerCharacteristic: number;
  /** Handles, all together; undefined where the mesh is no orientable manifold. */
  readonly genus: number | undefined;
  /** It has triangles, and no edge of only one. */
  readonly isClosed: boolean;
  /** No edge and no vertex is non-manifold. */
  readonly isManifold: boolean;
  /** No edge is misoriented. */
  readonly isOriented: boolean;
  /** It is closed, manifold, oriented, and all its shells are right; undefined if that is so but for unjudged shells. */
  readonly isPrintable: boolean | undefined;
  /** How many vertices have 0, 1, 2 and so on edges; the last entry has all from there on. */
  readonly degrees: readonly number[];
}

/** Completes a check by what follows from its figures. */
export function concludeCheck(
  known: Pick<
    MeshCheck,
    | 'triangles'
    | 'vertices'
    | 'precision'
    | 'degenerate'
    | 'unreferenced'
    | 'components'
    | 'shells'
    | 'closedShells'
    | 'shellVerdicts'
    | 'shellList'
    | 'boundaryLoops'
    | 'bounds'
    | 'isOrientable'
  >,
  measures: Measures,
  count: TopologyCount,
): MeshCheck {
  const { edges, boundaryEdges, nonManifoldEdges, nonManifoldVertices, misorientedEdges } = count;
  const sound = known.triangles - known.degenerate;
  const isClosed = sound > 0 && boundaryEdges === 0;
  const isManifold = nonManifoldEdges === 0 && nonManifoldVertices === 0;
  const isOriented = misorientedEdges === 0;
  // Only then it does not matter from where the volume is measured.
  const isSolid = isClosed && nonManifoldEdges === 0 && isOriented;
  const volume = isSolid ? measures.volume : measures.volumeFromZero;
  const eulerCharacteristic = count.vertices - edges + sound;
  const handles = (2 * known.components - eulerCharacteristic - known.boundaryLoops) / 2;
  return {
    ...known,
    area: measures.area,
    volume,
    duplicate: count.duplicates,
    edges,
    boundaryEdges,
    nonManifoldEdges,
    nonManifoldVertices,
    misorientedEdges,
    eulerCharacteristic,
    genus: isManifold && known.isOrientable ? handles : undefined,
    isClosed,
    isManifold,
    isOriented,
    isPrintable: isClosed && isManifold && isOriented && areRight(known.shellVerdicts),
    degrees: [...count.degrees],
  };
}

/** Whether all shells are right; undefined if they are not judged. */
function areRight(verdicts: MeshCheck['shellVerdicts']): boolean | undefined {
  return verdicts && SHELL_VERDICTS.every((verdict) => isRight(verdict) || verdicts[verdict] === 0);
}
