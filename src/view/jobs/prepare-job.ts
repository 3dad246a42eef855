/** Prepares a mesh for the view: imports it if it is a mesh file, and builds its tiles. */

import { MEMORY_MINIMUM, MIB } from '../../memory.js';
import type { MeshItem, SoupBatch } from '../../mesh.js';
import { buildTiles, type CoarseView } from '../../pipeline/build-tiles.js';
import { importMesh } from '../../pipeline/import-mesh.js';
import type { Progress, RunOptions } from '../../pipeline/run/progress.js';
import { CoarseSoup } from '../../tiles/coarse/coarse-soup.js';
import { FaceSoup } from '../../tiles/coarse/face-soup.js';
import type { JobHome, JobNews, PrepareJob } from './job.js';

/** The time between two reports, in milliseconds. */
const NEWS_MS = 100;
/** The time until the first coarse mesh of a source, and between two of them, in milliseconds. */
const COARSE_FIRST_MS = 500;
const COARSE_MS = 1000;
/** What a coarse mesh takes of the memory for an import. */
const SOUP_BYTES = 24 * MIB;
/** What the vertices of an indexed source take beside it, if there is room. */
const VERTICES_BYTES = 24 * MIB;

export async function run(job: PrepareJob, { signal, send }: JobHome): Promise<void> {
  const { source, database, tilesFile, memoryBytes, threads, tempFolder } = job;
  const runningIn = (step: JobNews['step']): RunOptions => {
    let last = Number.NEGATIVE_INFINITY;
    const onProgress = (progress: Progress) => {
      if (performance.now() - last < NEWS_MS) return;
      last = performance.now();
      send({ news: { step, progress } });
    };
    const onWarning = ({ message }: { readonly message: string }) => send({ warning: message });
    return { memoryBytes, threads, tempFolder, signal, onProgress, onWarning };
  };
  let isShown = false;
  if (source !== undefined) {
    const rest = memoryBytes - SOUP_BYTES;
    const verticesBytes = rest - VERTICES_BYTES >= MEMORY_MINIMUM ? VERTICES_BYTES : 0;
    const watch = new ImportWatch(verticesBytes, (coarse) => send({ coarse }));
    await importMesh(source, database, {
      ...runningIn('import'),
      memoryBytes: Math.max(MEMORY_MINIMUM, rest - verticesBytes),
      index: false,
      onItem: (item) => watch.take(item),
    });
    isShown = watch.finish();
  }
  const onCoarse = isShown ? undefined : (coarse: CoarseView) => send({ coarse });
  await buildTiles(database, { ...runningIn('tiles'), tilesFile, onCoarse });
}

/** Shows triangles while they are read. */
class ImportWatch {
  private soup: CoarseSoup | undefined;
  private readonly faces: FaceSoup;
  private next = 0;

  constructor(
    verticesBytes: number,
    private readonly onCoarse: (view: CoarseView) => void,
  ) {
    this.faces = new FaceSoup(verticesBytes);
  }

  take(item: MeshItem): void {
    if (item.kind === 'vertices') this.faces.addVertices(item);
    else if (item.kind === 'faces') this.add(this.faces.triangles(item));
    else if (item.kind === 'soup') this.add(item);
  }

  private add({ positions, count }: Pick<SoupBatch, 'positions' | 'count'>): void {
    if (this.soup === undefined) this.next = performance.now() + COARSE_FIRST_MS;
    this.soup ??= new CoarseSoup();
    this.soup.add(positions, count);
    if (performance.now() < this.next) return;
    this.tell();
    this.next = performance.now() + COARSE_MS;
  }

  /** Shows what was seen; returns whether that were all triangles, and any. */
  finish(): boolean {
    const isShown = this.tell() && this.faces.isComplete;
    this.soup = undefined;
    return isShown;
  }

  private tell(): boolean {
    const { soup } = this;
    if (soup === undefined || !soup.hasMesh) return false;
    this.onCoarse({ bounds: soup.bounds, frame: soup.frame, mesh: soup.encode() });
    return true;
  }
}
