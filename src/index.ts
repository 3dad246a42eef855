/** offload as a library: the verbs, the database, and their types. Nothing here prints or exits. */
import type { MeshFormat } from './formats/format.js';
import { FORMATS as ALL_FORMATS } from './formats/index.js';

/** The formats that offload reads. */
export const FORMATS: readonly MeshFormat[] = ALL_FORMATS;

export {
  type AttributeCounts,
  MeshDatabase,
  type MeshDatabaseOptions,
  type PartRow,
  type SourceRow,
} from './database/mesh-database.js';
export type { PartOfTriangle } from './database/source-places.js';
export type { SqlParameters, SqlValue } from './database/sql/select.js';
export {
  DatabaseError,
  EmptyError,
  type ErrorCode,
  FileError,
  FormatError,
  MeshError,
  type Place,
  UsageError,
} from './errors.js';
export type { Division } from './filter/groups.js';
export type {
  ComponentChoice,
  Droppable,
  Sample,
  TriangleFilter,
} from './filter/triangle-filter.js';
export type { BinaryField, MeshFormat } from './formats/format.js';
export type { ObjOptions } from './formats/obj/write/write.js';
export { OFF_DEFAULTS, OFF_DIALECTS, type OffDialect, type OffOptions } from './formats/off/write/write.js';
export type { ParquetOptions } from './formats/parquet/options.js';
export type { PlyOptions } from './formats/ply/write/options.js';
export { readStlColors, type StlColors } from './formats/stl/color.js';
export type { StlOptions } from './formats/stl/write/options.js';
export type { BoxShape, PlaneShape, Shape, SphereShape } from './geometry/shapes.js';
export type { LengthUnit, TransformStep } from './geometry/transform.js';
export type { CompressionChoice, CompressionId } from './io/compression/compression.js';
export type { OffFacts, Sighting } from './lint/facts.js';
export type { Finding, Judgement, OffReader, Rule, Verdict } from './lint/reader.js';
export { OFF_READERS } from './lint/readers.js';
export { MEMORY_DEFAULT, MEMORY_MINIMUM } from './memory.js';
export type {
  AttributeDecoder,
  Bounds,
  MeshSelection,
  MeshSelectionOptions,
  Precision,
  TriangleBatch,
  VertexBatch,
  Warning,
} from './mesh.js';
export { buildTiles, type TilesResult } from './pipeline/build-tiles.js';
export { checkMesh } from './pipeline/check-mesh.js';
export {
  type ConvertEachOptions,
  type ConvertEachResult,
  type ConvertedFile,
  convertEach,
  type EachFile,
  type FailedFile,
} from './pipeline/convert-each.js';
export { type ConvertOptions, type ConvertResult, convertMesh } from './pipeline/convert-mesh.js';
export { findComponents, type IndexResult, indexMesh } from './pipeline/derive-mesh.js';
export { type ExportOptions, type ExportResult, explainExport, exportMesh } from './pipeline/export-mesh.js';
export { type ImportOptions, type ImportResult, importMesh } from './pipeline/import-mesh.js';
export { type LintOptions, type LintResult, lintOff } from './pipeline/lint-off.js';
export type { LoadResult } from './pipeline/load/load-mesh.js';
export type { ReadingOptions } from './pipeline/load/reading-options.js';
export type { FaceOfTriangle, SourcePlace } from './pipeline/locate/source-place.js';
export type { LocateOptions } from './pipeline/locate/source-search.js';
export {
  type LocatedTriangle,
  type LocatedVertex,
  locateTriangle,
  locateVertex,
} from './pipeline/locate-triangle.js';
export type { OutputFormat } from './pipeline/run/output-writer.js';
export type { Forecast, Progress, RunOptions, SourceShare, Stage } from './pipeline/run/progress.js';
export type { SelectionOptions, SelectionReport } from './pipeline/select-mesh.js';
export {
  type ExportShardOptions,
  type ExportShardResult,
  exportShard,
} from './pipeline/shard/export-shard.js';
export { type WriteShardOptions, type WriteShardResult, writeShard } from './pipeline/shard/write-shard.js';
export { type ShardHeaderOptions, writeShardHeader } from './pipeline/shard/write-shard-header.js';
export { type MeshCheck, SHELLS_LISTED_MAX } from './pipeline/shells/mesh-check.js';
export type { OrientReport } from './pipeline/shells/orient-shells.js';
export { type SplitFile, type SplitResult, splitMesh } from './pipeline/split-mesh.js';
export { type MeshSurvey, surveyMesh } from './pipeline/survey-mesh.js';
export type {
  NearTriangle,
  Parting,
  PartingKind,
  PartingTriangle,
} from './pipeline/verify/parting.js';
export type { Rounding } from './pipeline/verify/rounding.js';
export {
  type VerifiedMesh,
  type VerifyOptions,
  type VerifyResult,
  verifyMesh,
} from './pipeline/verify-mesh.js';
export { type RenderOptions, type RenderResult, renderMesh } from './pipeline/view/render-mesh.js';
export type { DensityView } from './topology/density.js';
export type { Distribution, DistributionRow } from './topology/distribution.js';
export type { JudgedShell } from './topology/shell-list.js';
export {
  ORIENTATIONS,
  type Orientation,
  SHELL_VERDICTS,
  type ShellVerdict,
} from './topology/shell-verdicts.js';
export type { IndexedRecord } from './weld/sinks.js';
