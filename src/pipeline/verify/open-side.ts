/** Opens a side of a comparison: soup, an indexed source or a database. */
import { basename, join } from 'node:path';
import { databaseError } from '../../database/database-error.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { FILE_HEADER_BYTES, parseFileHeader } from '../../database/pages/page-format.js';
import { detectFormat } from '../../formats/detect.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { chooseTempFolder } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { WorkFolder } from '../../io/work-folder.js';
import { planHolding } from '../../memory/plans.js';
import { Inputs } from '../load/inputs.js';
import { loadMesh } from '../load/load-mesh.js';
import { planLoad } from '../load/load-plan.js';
import { temporaryTarget } from '../load/load-target.js';
import { reserveForUnpacking } from '../load/unpacking.js';
import { DiskWatch } from '../run/disk-watch.js';
import { describeSource, explainError } from '../run/source-errors.js';
import { isRepeatable } from './find-place.js';
import type { OpenedSide, Side, SideMemory, SideOptions } from './side.js';
import { SoupSide } from './soup-side.js';
import { StoredSide } from './stored-side.js';

/**
 * Opens a mesh file, a database, or standard input (`-`), and detects its format.
 *
 * Soup comes straight from its reader, so that the welder is not involved. Indexed sources are loaded into a temporary
 * database, because faces may come before their vertices and polygons must be triangulated.
 */
export async function openSide(name: string, options: SideOptions): Promise<OpenedSide> {
  const { salvage, maxBytes, from, signal, batchTriangles, memoryBytes } = options;
  let source: ByteSource | undefined;
  try {
    const tempFolder = chooseTempFolder(options.tempFolder, isRepeatable(name) ? name : '-');
    const watch = new DiskWatch([tempFolder], options.spaceOf);
    const onPass = (keptBytes: number) => watch.check(keptBytes);
    source = await ByteSource.open(name, { salvage, maxBytes, signal, tempFolder, onPass });
    const { head } = source;
    if (
      from === undefined &&
      name !== '-' &&
      parseFileHeader(head.subarray(0, FILE_HEADER_BYTES)) !== undefined
    ) {
      await source.close();
      return new StoredSource(name, options);
    }
    const { format, reason } = detectFormat(source, from);
    const heldBytes = planHolding(memoryBytes);
    const reader = await format.open(source, { batchTriangles, salvage, warn: () => undefined, heldBytes });
    const unpackingBytes = reserveForUnpacking(source, memoryBytes);
    if (reader.layout === 'indexed') return new IndexedSource(source, format, unpackingBytes, options);
    options.onNote?.(`${describeSource(name)} is ${format.id} (${reader.encoding}): ${reason}`);
    return new SoupSource(source, format, reader, unpackingBytes, options);
  } catch (error) {
    signal?.throwIfAborted();
    const explained = await explainError(error, name, source);
    await source?.close();
    throw explained;
  }
}

/** A database, read in place. */
class StoredSource implements OpenedSide {
  readonly unpackingBytes = 0;
  private side: StoredSide | undefined;

  constructor(
    private readonly name: string,
    private readonly options: SideOptions,
  ) {
    MeshDatabase.open(name).close();
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    this.side = StoredSide.open(this.name, arenaOf, this.options);
    return this.side;
  }

  async close(): Promise<void> {
    this.side?.close();
  }
}

/** Soup, read directly. */
class SoupSource implements OpenedSide {
  constructor(
    private readonly source: ByteSource,
    private readonly format: Format,
    private readonly reader: MeshReader,
    readonly unpackingBytes: number,
    private readonly options: SideOptions,
  ) {}

  async prepare({ memoryBytes }: SideMemory): Promise<Side> {
    return new SoupSide(this.source, this.format, this.reader, { ...this.options, memoryBytes });
  }

  async close(): Promise<void> {
    await this.source.close();
  }
}

/** An indexed source, loaded into a database beside the file or in the folder for temporary files. */
class IndexedSource implements OpenedSide {
  private readonly work: WorkFolder;
  private readonly folder: string;
  private side: StoredSide | undefined;

  /** Takes over `source`, which is open and unread, and closes it. */
  constructor(
    private readonly source: ByteSource,
    private readonly format: Format,
    readonly unpackingBytes: number,
    private readonly options: SideOptions,
  ) {
    const { name } = source;
    this.folder = chooseTempFolder(options.tempFolder, isRepeatable(name) ? name : '-');
    this.work = new WorkFolder(join(this.folder, basename(name)));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { source, work, folder, options, format } = this;
    const { name } = source;
    const database = work.file('mesh.db');
    try {
      const inputs = await Inputs.of(source, options, folder);
      await loadMesh(await planLoad(inputs, temporaryTarget(database, folder), options));
      this.side = StoredSide.open(database, arenaOf, options, { name, format });
      return this.side;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw databaseError(await explainError(error, name, source), database);
    } finally {
      await source.close();
    }
  }

  async close(): Promise<void> {
    await this.source.close();
    this.side?.close();
    this.work.remove();
  }
}
