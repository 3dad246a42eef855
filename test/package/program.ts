/** A program of a user of the library: test/package.test.ts compiles it against the package as npm packs it. */
import {
  buildTiles,
  checkMesh,
  convertMesh,
  DatabaseError,
  type Division,
  EmptyError,
  type ErrorCode,
  type ExportOptions,
  explainExport,
  exportMesh,
  FileError,
  FORMATS,
  FormatError,
  findComponents,
  type ImportOptions,
  importMesh,
  indexMesh,
  lintOff,
  locateTriangle,
  locateVertex,
  MEMORY_MINIMUM,
  MeshDatabase,
  MeshError,
  OFF_READERS,
  type Progress,
  splitMesh,
  surveyMesh,
  type TriangleFilter,
  UsageError,
  verifyMesh,
  type Warning,
} from 'offload';

const warnings: Warning[] = [];
const stages = new Set<Progress['stage']>();

const reading: ImportOptions = {
  memoryBytes: MEMORY_MINIMUM,
  threads: undefined,
  tempFolder: '/tmp',
  force: true,
  from: 'stl',
  salvage: false,
  maxBytes: 2 ** 40,
  restart: true,
  signal: new AbortController().signal,
  onProgress: ({ stage }) => stages.add(stage),
  onWarning: (warning) => warnings.push(warning),
  onForecast: ({ folder, items }) => [folder, ...items.map(({ what, bytes }) => `${what}: ${bytes}`)],
  onResume: ({ bytesRead, totalBytes }) => bytesRead / totalBytes,
  onNote: (note) => note.length,
};

const filter: TriangleFilter = {
  where: ['min_z > 2'],
  sql: ['SELECT triangle FROM stl_attributes'],
  shapes: [
    { kind: 'box', min: [0, 0, 0], max: [1, 1, 1], touching: true },
    { kind: 'sphere', center: [0, 0, 0], radius: 1, touching: false },
    { kind: 'plane', normal: [0, 0, 1], offset: 0, touching: false },
  ],
  parts: ['wheel*'],
  components: [{ kind: 'largest' }, { kind: 'over', triangles: 100 }, { kind: 'number', number: 0 }],
  drop: ['degenerate', 'duplicate', 'unreferenced'],
  sample: { share: 0.1, seed: 0 },
  limit: 1000,
};

const writing: ExportOptions = {
  filter,
  weld: 0.001,
  transform: [
    { kind: 'units', from: 'mm', to: 'inch' },
    { kind: 'scale', factors: [1, 1, 2] },
    { kind: 'translate', by: [0, 0, 1] },
    { kind: 'rotate', axis: [0, 0, 1], degrees: 90 },
    { kind: 'matrix', numbers: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
  ],
  flip: true,
  failIfEmpty: true,
  compress: 'gzip',
  off: { colors: true, normals: true, dialect: 'int255', binary: false, precision: undefined },
};

export async function useEverything(folder: URL): Promise<number> {
  const database = new URL('scan.db', folder);
  const { triangles, indexed } = await importMesh(new URL('scan.stl', folder), database, reading);
  const converted = await convertMesh('scan.stl', 'scan.off', { keep: database, onKept: () => undefined });
  const exported = await exportMesh(database, 'part.off.gz', writing);
  const explained = await explainExport(database, { filter });
  const divisions: Division[] = [{ by: 'part' }, { by: 'component' }, { by: 'grid', cells: [4, 4, 1] }];
  for (const division of divisions) {
    const { files } = await splitMesh(database, `parts-${division.by}`, division);
    for (const { file, bytes } of files) console.log(file, bytes);
  }
  await findComponents(database);
  const { boxes } = await indexMesh(database);
  const { nodes } = await buildTiles(database);
  const check = await checkMesh(database);
  const survey = await surveyMesh(database);
  const verified = await verifyMesh('scan.off', 'scan.stl');
  const triangle = await locateTriangle(database, 0, { source: new URL('moved.stl', folder) });
  const vertex = await locateVertex(database, 0);
  const lint = await lintOff('scan.off', { readers: OFF_READERS.slice(0, 2) });
  const bytes: Uint8Array = triangle.bytes;

  const db = MeshDatabase.open(database, { cacheBytes: 2 ** 20 });
  let sum = 0;
  try {
    for (const { positions, count } of db.selectAll({ normals: true }).vertices())
      sum += positions[0]! * count;
    for (const { corners } of db.selectAll().triangles()) sum += corners.length;
    for (const { z } of db.select<{ z: number }>('SELECT z FROM vertices WHERE x > ?', [1])) sum += z;
    for (const row of db.select('SELECT * FROM parts WHERE name = :name', { name: 'wheel' }))
      console.log(row.name);
    console.log(db.path, db.sources()[0]?.format, db.parts(10), db.header().length, db.countAttributes());
  } finally {
    db.close();
  }
  const bounds = check.bounds?.min ?? [0, 0, 0];
  return (
    triangles +
    (indexed?.faces ?? 0) +
    converted.written.bytes +
    exported.selection.welded +
    sum +
    boxes +
    nodes +
    explained.vertices +
    survey.areas.rows(10).length +
    (verified.parting?.missing.count ?? 0) +
    bytes.length +
    (triangle.line ?? 0) +
    vertex.position[0] +
    lint.judgements.length +
    bounds[0] +
    FORMATS.length
  );
}

/** What to do about an error; the compiler knows the codes of each class. */
export function explain(error: unknown): string {
  if (!(error instanceof MeshError)) throw error;
  const code: ErrorCode = error.code;
  if (error instanceof FormatError && error.code === 'FORMAT_TRUNCATED') return `truncated at ${error.place}`;
  if (error instanceof FileError && error.code === 'DISK_FULL') return 'make space';
  if (error instanceof DatabaseError && error.code === 'DATABASE_BUSY') return 'try again';
  if (error instanceof UsageError) return `${error.option}: ${error.problem}`;
  if (error instanceof EmptyError) return 'nothing is left';
  return `${code}: ${error.message}${error.hint === undefined ? '' : `, ${error.hint}`}`;
}

export async function misuse(): Promise<void> {
  // @ts-expect-error A list of conditions.
  await exportMesh('scan.db', 'a.off', { filter: { where: 'min_z > 2' } });
  // @ts-expect-error No such option.
  await exportMesh('scan.db', 'a.off', { filter: { wher: ['min_z > 2'] } });
  // @ts-expect-error A number.
  await importMesh('scan.stl', 'scan.db', { threads: '2' });
  // @ts-expect-error A path or a URL.
  await importMesh(5, 'scan.db');
  // @ts-expect-error Options for tests are not part of the library.
  await importMesh('scan.stl', 'scan.db', { batchTriangles: 5 });
  // @ts-expect-error Nor is the connection.
  MeshDatabase.open('scan.db').ask(() => 0);
  // @ts-expect-error No such code.
  if (new UsageError('').code === 'DISK_FULL') return;
}
