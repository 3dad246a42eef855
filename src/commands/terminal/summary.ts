/** The summary of a run as `--json` prints it; the names are part of the command's interface. */
import { join } from 'node:path';
import type { ConvertEachResult } from '../../pipeline/convert-each.js';
import type { ConvertResult } from '../../pipeline/convert-mesh.js';
import type { ExportResult } from '../../pipeline/export-mesh.js';
import type { ImportResult } from '../../pipeline/import-mesh.js';
import type { LoadedSource, LoadResult } from '../../pipeline/load/load-mesh.js';
import type { SplitResult } from '../../pipeline/split-mesh.js';
import { wordAsFlags } from '../options/flags.js';

/** Summarizes `offload convert`; `kept` names the database if it is kept. */
export function summarizeConvert(
  inputs: readonly string[],
  output: string,
  kept: string | undefined,
  result: ConvertResult,
) {
  const { written, databaseBytes, warnings } = result;
  return {
    ...summarizeSources(inputs, result),
    database: kept ?? null,
    databaseBytes,
    outputs: [summarizeOutput(output, written)],
    selection: written.selection,
    warnings,
  };
}

/** Summarizes `offload convert --each`. */
export function summarizeEach({ files, converted, failed }: ConvertEachResult) {
  return {
    converted,
    failed,
    files: files.map((file) => {
      if (!('error' in file)) return file;
      const { input, output, error } = file;
      const { code, message, hint } = error;
      return { input, output, error: { code, message, hint: hint === undefined ? null : wordAsFlags(hint) } };
    }),
  };
}

/** Summarizes `offload import`. */
export function summarizeImport(inputs: readonly string[], database: string, result: ImportResult) {
  const { before, databaseBytes, warnings } = result;
  return { ...summarizeSources(inputs, result), before: before ?? null, database, databaseBytes, warnings };
}

/** Summarizes `offload export` to one file. */
export function summarizeExport(database: string, output: string, result: ExportResult) {
  const { triangles, vertices, selection, warnings } = result;
  const outputs = [summarizeOutput(output, result)];
  return { database, triangles, vertices, outputs, selection, warnings };
}

/** Summarizes `offload export --split`. */
export function summarizeSplit(database: string, folder: string, split: string, result: SplitResult) {
  const { files, selection, warnings } = result;
  const sum = (of: 'triangles' | 'vertices') => files.reduce((total, file) => total + file[of], 0);
  return {
    database,
    folder,
    split,
    triangles: sum('triangles'),
    vertices: sum('vertices'),
    outputs: files.map(({ file, ...rest }) => ({ file: join(folder, file), ...rest })),
    selection,
    warnings,
  };
}

function summarizeOutput(file: string, { triangles, vertices, bytes }: ExportResult) {
  return { file, triangles, vertices, bytes };
}

function summarizeSources(inputs: readonly string[], result: LoadResult) {
  const { format, encoding, precision, compression, sourceBytes, contentBytes } = result;
  const { triangles, vertices, degenerate, indexed, bounds, fitMemory } = result;
  return {
    input: inputs.length === 1 ? inputs[0]! : null,
    format,
    encoding,
    precision,
    compression: compression ?? null,
    sourceBytes,
    contentBytes,
    triangles,
    vertices,
    degenerate,
    unreferenced: indexed?.unreferenced ?? 0,
    faces: indexed?.faces ?? null,
    fileVertices: indexed?.fileVertices ?? null,
    bounds: bounds ?? null,
    fitMemory,
    sources: result.sources.map(summarizeSource),
    skipped: result.skipped,
  };
}

function summarizeSource({ compression, faces, fileVertices, ...source }: LoadedSource) {
  return {
    ...source,
    compression: compression ?? null,
    faces: faces ?? null,
    fileVertices: fileVertices ?? null,
  };
}
