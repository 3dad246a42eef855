/** Opens a side of a comparison: soup, an indexed source or a database. */
import { basename, join } from 'node:path';
import { SpillFiles } from '../../collections/spill-file.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { FILE_HEADER_BYTES, parseFileHeader } from '../../database/pages/page-format.js';
import { detectFormat } from '../../formats/detect.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { chooseTempFolder } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { WorkFolder } from '../../io/work-folder.js';
import { planHolding } from '../../memory/plans.js';
import { reserveForUnpacking } from '../load/load-plan.js';
import { DiskWatch } from '../run/disk-watch.js';
import { describeSource, explainError } from '../run/source-errors.js';
import { isRepeatable } from './find-place.js';
import type { OpenedSide, Side, SideMemory, SideOptions } from './side.js';
import { SoupSide } from './soup-side.js';
import { spoolSource } from './spool-source.js';
import { StoredSide } from './stored-side.js';

/**
 * Opens a mesh file, a database, or standard input (`-`), and detects its format.
 *
 * Soup comes straight from its reader. Indexed sources are read into temporary files, because faces may come before their
 * vertices and polygons must be triangulated. The welder is not involved.
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
    options.onNote?.(`${describeSource(name)} is ${format.id} (${reader.encoding}): ${reason}`);
    const unpackingBytes = reserveForUnpacking(source, memoryBytes);
    if (reader.layout === 'indexed') return new IndexedSource(source, format, unpackingBytes, options);
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
  private readonly files: SpillFiles;
  private db: MeshDatabase | undefined;

  constructor(
    private readonly name: string,
    private readonly options: SideOptions,
  ) {
    MeshDatabase.open(name).close();
    const folder = chooseTempFolder(options.tempFolder, name);
    this.files = new SpillFiles(new WorkFolder(join(folder, basename(name))));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { name, options, files } = this;
    this.db = MeshDatabase.open(name);
    return new StoredSide(name, undefined, this.db.rows(), files, arenaOf, options);
  }

  async close(): Promise<void> {
    this.files.remove();
    this.db?.close();
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

/** An indexed source, read into files beside it or in the folder for temporary files. */
class IndexedSource implements OpenedSide {
  private readonly files: SpillFiles;

  /** Takes over `source`, which is open and unread, and closes it. */
  constructor(
    private readonly source: ByteSource,
    private readonly format: Format,
    readonly unpackingBytes: number,
    private readonly options: SideOptions,
  ) {
    const { name } = source;
    const folder = chooseTempFolder(options.tempFolder, isRepeatable(name) ? name : '-');
    this.files = new SpillFiles(new WorkFolder(join(folder, basename(name))));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { source, files, options, format } = this;
    const { name } = source;
    try {
      const rows = await spoolSource(source, format, files, arenaOf, options);
      return new StoredSide(name, format, rows, files, arenaOf, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw await explainError(error, name, source);
    } finally {
      await source.close();
    }
  }

  async close(): Promise<void> {
    await this.source.close();
    this.files.remove();
  }
}
