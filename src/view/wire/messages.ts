/** What the server and the page send each other as JSON. Types only: the page compiles against them, too. */

import type { SqlSpan } from '../../database/sql/span.js';
import type { TriangleFilter } from '../../filter/triangle-filter.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import type { OutputFormat } from '../../pipeline/run/output-writer.js';

/** The filter of an export, as JSON: `POST /api/sets`. */
export interface ShownFilter extends TriangleFilter {
  /** Names of saved filters, which are merged with the rest. */
  readonly saved?: readonly string[] | undefined;
}

import type { FlawGroup } from '../../pipeline/flaws/flaw.js';

export type { Flaw, FlawGroup, FlawKind } from '../../pipeline/flaws/flaw.js';

/** The box around something, in the units of the mesh. */
export interface WireBounds {
  readonly min: readonly [x: number, y: number, z: number];
  readonly max: readonly [x: number, y: number, z: number];
}

/** `GET /api/mesh`: what is shown. */
export interface MeshAnswer {
  /** The name of the file, without its folder. */
  readonly name: string;
  /** The file as the command line named it, and whether it is a database. */
  readonly path: string;
  readonly isDatabase: boolean;
  /** Identifies the tiles: another value means another mesh. */
  readonly version: string;
  readonly triangles: number;
  readonly vertices: number;
  /** Triangles in tiles, nodes of the octree, and nodes without children. */
  readonly slots: number;
  readonly nodes: number;
  readonly leaves: number;
  /** The box around all triangles; null without triangles. */
  readonly bounds: WireBounds | null;
  /** The place of lattice points: `origin + step x coordinate`. */
  readonly origin: readonly [x: number, y: number, z: number];
  readonly step: number;
  /** The first sources and parts, and the number of all. */
  readonly sources: readonly { readonly id: number; readonly path: string; readonly triangles: number }[];
  readonly sourceCount: number;
  readonly parts: readonly { readonly id: number; readonly name: string; readonly triangles: number }[];
  readonly partCount: number;
  /** The columns of `/api/columns`. */
  readonly columns: readonly ColumnEntry[];
}

/**
 * What triangles can be colored by: a number, a label such as their part, or the colors of the source. Normals of the source
 * are for shading.
 */
export interface ColumnEntry {
  readonly name: string;
  readonly kind: 'number' | 'label' | 'color' | 'normal';
}

/** The largest labels of a column, and the number of all. */
export interface ColumnLabels {
  readonly labels: readonly { readonly id: number; readonly name: string; readonly triangles: number }[];
  readonly count: number;
}

/** `POST /api/columns`: computes a column, and tells the range of its values; null if there are none. */
export interface ColumnAnswer {
  readonly column: string;
  readonly kind: ColumnEntry['kind'];
  /** Of a column of labels. */
  readonly labels?: ColumnLabels | undefined;
  readonly least: number | null;
  readonly greatest: number | null;
  /** What a scale of colors spans: all but the smallest and largest 2 %. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A condition of a filter. */
export interface FilterPart {
  readonly name:
    | 'where'
    | 'sql'
    | 'shapes'
    | 'parts'
    | 'sources'
    | 'components'
    | 'drop'
    | 'sample'
    | 'limit';
  /** Its place in a list of conditions, else 0. */
  readonly index: number;
  /** The triangles that match all other conditions; 0 if it matches none by itself. */
  readonly left: number;
}

/** What a filter selects. */
export interface SetFound {
  readonly triangles: number;
  /** The box around them; null for none. */
  readonly bounds: WireBounds | null;
  /** If there are none: each condition without which some are left; if there is no such one, all that match none. */
  readonly removedBy: readonly FilterPart[];
}

/** `POST /api/sets`: the triangles of a filter. */
export interface SetAnswer extends SetFound {
  /** Names the set in requests for classes. */
  readonly id: string;
  readonly version: string;
  readonly milliseconds: number;
}

/** A line of `GET /api/filters`: a saved filter, or the reason why it cannot be used. */
export type FilterLine = { readonly name: string } & (
  | { readonly filter: TriangleFilter; readonly problem?: undefined }
  | { readonly problem: string }
);

/** `POST /api/exports`: what to write. */
export interface ExportRequest {
  readonly filter?: ShownFilter | undefined;
  /** The format (default: OFF). */
  readonly to?: OutputFormat | undefined;
  readonly compress?: CompressionChoice | undefined;
}

/** A line of the answer of `POST /api/exports`; the last one is `done` or `failed`. */
export type ExportLine =
  /** The share is null if it is unknown. */
  | { readonly type: 'progress'; readonly step: 'filter' | 'export'; readonly share: number | null }
  | {
      readonly type: 'done';
      /** The path of the download, which works once. */
      readonly path: string;
      readonly name: string;
      readonly bytes: number;
      readonly triangles: number;
    }
  | { readonly type: 'failed'; readonly error: ErrorAnswer };

/** An error that the user can act on, as the body of every answer of 400 and above. */
export interface ErrorAnswer {
  readonly message: string;
  readonly hint?: string | undefined;
  /** The code of an error of offload, or a code of the server. */
  readonly code: string;
  /** The option at fault, such as `filter.where`. */
  readonly option?: string | undefined;
  /** The part of a query that it is about, if known. */
  readonly span?: SqlSpan | undefined;
}

/** What is drawn of a mesh while its tiles are built: the tile without children of `GET /api/coarse`. */
export interface CoarseAnswer {
  /** Identifies the tile: later ones have more triangles. */
  readonly version: string;
  /** The box around all triangles, or around those that were read; the lattice as in {@link MeshAnswer}. */
  readonly bounds: WireBounds;
  readonly origin: readonly [x: number, y: number, z: number];
  readonly step: number;
}

/** Whether there is something to show. */
export type ViewState =
  | {
      readonly state: 'preparing';
      /** Importing the mesh, or building its tiles. */
      readonly step: 'import' | 'tiles';
      /** From 0 to 1; null if unknown. */
      readonly share: number | null;
      /** Seconds since the step began. */
      readonly seconds: number;
      readonly triangles: number;
      /** Null before there is one. */
      readonly coarse: CoarseAnswer | null;
    }
  | { readonly state: 'ready'; readonly version: string }
  | { readonly state: 'failed'; readonly error: ErrorAnswer };

/** A line of `GET /api/events`. The first one comes at once. */
export type EventMessage =
  | ({ readonly type: 'state' } & ViewState)
  /** Sent at least every few seconds, so that the page notices if the server is gone. */
  | { readonly type: 'alive'; readonly memoryBytes: number; readonly memoryLimitBytes: number };

/** A position in the units of the mesh. */
export type WirePoint = readonly [x: number, y: number, z: number];

/** The body of `POST /api/pick`: a ray, in the units of the mesh. */
export interface PickBody {
  readonly origin: WirePoint;
  /** Of any length but 0. */
  readonly direction: WirePoint;
  /** Points with `x nx + y ny + z nz + d < 0` are not picked (default: none). */
  readonly planes?: readonly (readonly [nx: number, ny: number, nz: number, d: number])[];
  /** Only members of this set are picked, see {@link SetAnswer.id} (default: any triangle). */
  readonly set?: string | undefined;
}

/** The triangle that a ray meets first, and where; null if it meets none. */
export interface PickAnswer {
  readonly hit: {
    readonly point: WirePoint;
    /** From the origin of the ray. */
    readonly distance: number;
    readonly triangle: TriangleAnswer;
  } | null;
}

/** `GET /api/triangles/:id`. Numbers beyond the largest float64 are null. */
export interface TriangleAnswer {
  readonly id: number;
  /** Its corners a, b and c. */
  readonly corners: readonly { readonly vertex: number; readonly position: WirePoint }[];
  readonly area: number | null;
  /** Of length 1; null for a triangle without area. */
  readonly normal: WirePoint | null;
  /** The lengths of its edges ab, bc and ca, and the triangles that share them. */
  readonly edges: readonly (number | null)[];
  readonly neighbors: readonly (readonly number[])[];
  readonly parts: readonly { readonly id: number; readonly kind: string; readonly name: string }[];
  readonly source: { readonly id: number; readonly path: string } | null;
  /** Null if the database has no components. */
  readonly component: { readonly id: number; readonly triangles: number } | null;
}

/** `GET /api/triangles/:id/source`: its place in the source, or why that cannot be found. */
export type PlaceAnswer =
  | {
      readonly isFound: true;
      readonly file: string;
      readonly format: string;
      /** The file in an archive, or the compression, within which places count; null for the file itself. */
      readonly inside: string | null;
      readonly offset: number;
      readonly size: number;
      /** The first line and the number of lines; null in a binary file. */
      readonly line: number | null;
      readonly lines: number | null;
      /** The lines, or the bytes as hexadecimal numbers; only the first ones if `isCut`. */
      readonly text: string;
      readonly isCut: boolean;
    }
  | { readonly isFound: false; readonly message: string; readonly code: string };

/** `GET /api/vertices/:id`: a vertex with its first triangles, and the number of all. */
export interface VertexAnswer {
  readonly id: number;
  readonly position: WirePoint;
  readonly triangles: readonly number[];
  readonly count: number;
}

/** A line of `GET /api/flaws`. The last one is not a progress. */
export type FlawsMessage =
  | { readonly type: 'progress'; readonly share: number }
  | {
      readonly type: 'flaws';
      readonly groups: readonly FlawGroup[];
      /** Sets of triangles connected by edges, and by vertices. */
      readonly shells: number;
      readonly components: number;
    }
  | { readonly type: 'failed'; readonly error: ErrorAnswer };
