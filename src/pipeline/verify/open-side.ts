/** Opens a side of a comparison: soup, indexed sources or a database. */
import { basename, join } from 'node:path';
import { databaseError } from '../../database/database-error.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { FILE_HEADER_BYTES, parseFileHeader } from '../../database/pages/page-format.js';
import { chooseTempFolder, readHead } from '../../io/disk.js';
import { WorkFolder } from '../../io/work-folder.js';
import { Inputs } from '../load/inputs.js';
import { commonOf, loadMesh } from '../load/load-mesh.js';
import { planLoad } from '../load/load-plan.js';
import { temporaryTarget } from '../load/load-target.js';
import { isRepeatable } from './find-place.js';
import type { OpenedSide, Side, SideMemory, SideOptions } from './side.js';
import { SoupSide } from './soup-side.js';
import { StoredSide } from './stored-side.js';

/**
 * Opens a database, or mesh files as one mesh, and detects their formats; `-` is standard input.
 *
 * Soup comes straight from its readers, so that the welder is not involved. If any source is indexed, all are loaded into a
 * temporary database, because faces may come before their vertices and polygons must be triangulated.
 */
export async function openSide(names: readonly string[], options: SideOptions): Promise<OpenedSide> {
  const [first] = names;
  if (names.length === 1 && options.from === undefined && isDatabase(first!)) {
    return new StoredSource(first!, options);
  }
  const folder = chooseTempFolder(options.tempFolder, isRepeatable(first!) ? first! : '-');
  const inputs = await Inputs.examine(names, options, { hasDigest: false, copyFolder: folder });
  return inputs.totals.layout === 'indexed'
    ? new IndexedSource(names, inputs, folder, options)
    : new SoupSource(names, inputs, options);
}

/** Whether a file is an SQLite database. Throws FileError. */
function isDatabase(name: string): boolean {
  if (!isRepeatable(name)) return false;
  const head = new Uint8Array(FILE_HEADER_BYTES);
  return parseFileHeader(head.subarray(0, readHead(name, head))) !== undefined;
}

/** A database, read in place. */
class StoredSource implements OpenedSide {
  readonly names: readonly string[];
  readonly format = 'database';
  readonly unpackingBytes = 0;
  private side: StoredSide | undefined;

  constructor(
    private readonly name: string,
    private readonly options: SideOptions,
  ) {
    this.names = [name];
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
  readonly format: string;
  readonly unpackingBytes: number;

  constructor(
    readonly names: readonly string[],
    private readonly inputs: Inputs,
    private readonly options: SideOptions,
  ) {
    this.format = formatOf(inputs);
    this.unpackingBytes = inputs.totals.unpackingBytes;
  }

  async prepare({ memoryBytes }: SideMemory): Promise<Side> {
    return new SoupSide(this.inputs, { ...this.options, memoryBytes });
  }

  async close(): Promise<void> {
    await this.inputs.close();
  }
}

/** Sources that are loaded into a database, beside the first file or in the folder for temporary files. */
class IndexedSource implements OpenedSide {
  readonly format: string;
  readonly unpackingBytes: number;
  private readonly work: WorkFolder;
  private side: StoredSide | undefined;

  constructor(
    readonly names: readonly string[],
    private readonly inputs: Inputs,
    private readonly folder: string,
    private readonly options: SideOptions,
  ) {
    this.format = formatOf(inputs);
    this.unpackingBytes = inputs.totals.unpackingBytes;
    this.work = new WorkFolder(join(folder, basename(names[0]!)));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { inputs, work, folder, options } = this;
    const database = work.file('mesh.db');
    try {
      await loadMesh(await planLoad(inputs, temporaryTarget(database, folder), options));
      this.side = StoredSide.open(database, arenaOf, options, inputs);
      return this.side;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw databaseError(error, database);
    }
  }

  async close(): Promise<void> {
    await this.inputs.close();
    this.side?.close();
    this.work.remove();
  }
}

function formatOf({ facts }: Inputs): string {
  return commonOf(facts.map(({ format }) => format.id)) ?? 'mixed';
}
