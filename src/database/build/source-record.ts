/** What an import knows of a source when it has been read, and the row that it becomes. */
import type { Precision, Warning } from '../../mesh.js';
import type { Row } from './complete-database.js';

/** The facts about a source once it has been read; see the table `sources`. Plain data. */
export interface SourceRecord {
  readonly path: string;
  readonly format: string;
  readonly encoding: string;
  readonly precision: Precision;
  /** Size of the stored file, compressed or not, in bytes; with the digest of the same bytes, it identifies it. */
  readonly size: number;
  /** ISO 8601. */
  readonly modified: string | undefined;
  readonly sha256: string | undefined;
  /** In base64. */
  readonly header: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** Its first triangle, and their number. */
  readonly firstTriangle: number;
  readonly triangles: number;
  /** The number of its first vertex among those of all sources; undefined if all sources are soup. */
  readonly firstVertex: number | undefined;
  /** Faces and vertices of an indexed source. */
  readonly faces: number | undefined;
  readonly fileVertices: number | undefined;
}

/** Makes a row of the table `sources`. */
export function describeSource(source: SourceRecord): Row {
  const { firstTriangle, triangles, firstVertex, fileVertices, ...known } = source;
  const hasTriangles = triangles > 0;
  return {
    ...known,
    modified: source.modified ?? null,
    sha256: source.sha256 ?? null,
    header: source.header === undefined ? null : Buffer.from(source.header, 'base64'),
    options: JSON.stringify(source.options),
    warnings: JSON.stringify(source.warnings),
    imported: new Date().toISOString(),
    triangles,
    first_triangle: hasTriangles ? firstTriangle : null,
    last_triangle: hasTriangles ? firstTriangle + triangles - 1 : null,
    faces: source.faces ?? null,
    file_vertices: fileVertices ?? null,
    first_vertex: firstVertex ?? null,
  };
}
