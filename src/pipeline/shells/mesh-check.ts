/** The results of a mesh check: figures, and the verdicts derived from them. */

import type { Bounds, Precision } from '../../mesh.js';
import type { MeshTotals } from '../../topology/measures.js';
import { isRight, type JudgedShell } from '../../topology/shell-list.js';
import { SHELL_VERDICTS, type ShellVerdict } from '../../topology/shell-verdicts.js';
import type { TopologyCount } from '../../topology/topology-count.js';

/** The maximum number of shells in a check's list. */
export const SHELLS_LISTED_MAX = 1000;

/** Describes the content and the defects of a mesh. docs/check.md defines each figure. */
export interface MeshCheck {
  readonly triangles: number;
  readonly vertices: number;
  /** The precision of the positions. */
  readonly precision: Precision;
  /** The box around all vertices; undefined if there are none. */
  readonly bounds: Bounds | undefined;
  /** In square units of the source. */
  readonly area: number;
  /** Positive if triangles face outward. For an open surface: measured from the point 0 0 0. */
  readonly volume: number;
  /** Triangles with a repeated vertex. The figures below exclude them. */
  readonly degenerate: number;
  /** Triangles with the same three vertices as an earlier one. */
  readonly duplicate: number;
  /** Vertices that no triangle uses. */
  readonly unreferenced: number;
  readonly edges: number;
  /** Edges of only one triangle. */
  readonly boundaryEdges: number;
  /** Closed loops of boundary edges: the rims of holes. */
  readonly boundaryLoops: number;
  /** Edges of more than two triangles. */
  readonly nonManifoldEdges: number;
  /** Vertices whose triangles are not all connected by edges that end there. */
  readonly nonManifoldVertices: number;
  /** Edges along which two triangles run in the same direction: one of them faces the wrong way. */
  readonly misorientedEdges: number;
  /** Whether reversing triangles can fix all misoriented edges. */
  readonly isOrientable: boolean;
  /** Sets of triangles connected by common vertices. */
  readonly components: number;
  /** Sets of triangles connected by common edges. */
  readonly shells: number;
  /** Shells that are closed and consistently wound, without a non-manifold edge; only these can be judged. */
  readonly closedShells: number;
  /** The number of closed shells of each verdict; undefined if they do not fit in memory. */
  readonly shellVerdicts: Readonly<Record<ShellVerdict, number>> | undefined;
  /** Up to {@link SHELLS_LISTED_MAX} closed shells: faulty ones first, each group in the order of first triangles. */
  readonly shellList: readonly JudgedShell[];
  /** Used vertices, minus edges, plus triangles. */
  readonly eulerCharacteristic: number;
  /** The number of handles in total; undefined if the mesh is not an orientable manifold. */
  readonly genus: number | undefined;
  /** It has triangles, and no boundary edge. */
  readonly isClosed: boolean;
  /** No edge and no vertex is non-manifold. */
  readonly isManifold: boolean;
  /** No edge is misoriented. */
  readonly isOriented: boolean;
  /** It is closed, manifold, oriented, and all its shells are right; undefined if only the shells are unjudged. */
  readonly isPrintable: boolean | undefined;
  /** The number of vertices with 0, 1, 2 and so on edges; the last entry counts all higher degrees. */
  readonly degrees: readonly number[];
}

/** Completes a check with the conclusions from its figures. */
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
  measures: MeshTotals,
  count: TopologyCount,
): MeshCheck {
  const { edges, boundaryEdges, nonManifoldEdges, nonManifoldVertices, misorientedEdges } = count;
  const sound = known.triangles - known.degenerate;
  const isClosed = sound > 0 && boundaryEdges === 0;
  const isManifold = nonManifoldEdges === 0 && nonManifoldVertices === 0;
  const isOriented = misorientedEdges === 0;
  // Only then the volume does not depend on the origin.
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
