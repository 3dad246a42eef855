/** Opens a side of a comparison: soup, indexed sources or a database. */
import { basename, join } from 'node:path';
import { SpillFiles } from '../../collections/spill-file.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { FILE_HEADER_BYTES, parseFileHeader } from '../../database/pages/page-format.js';
import { chooseTempFolder, readHead } from '../../io/disk.js';
import { WorkFolder } from '../../io/work-folder.js';
import { Inputs } from '../load/inputs.js';
import { commonOf } from '../load/load-mesh.js';
import { isRepeatable } from './find-place.js';
import type { OpenedSide, Side, SideMemory, SideOptions } from './side.js';
import { SoupSide } from './soup-side.js';
import { spoolInputs } from './spool-inputs.js';
import { StoredSide } from './stored-side.js';

/**
 * Opens a database, or mesh files as one mesh, and detects their formats; `-` is standard input.
 *
 * Soup comes straight from its readers. If any source is indexed, all are read into temporary files, because faces may come
 * before their vertices and polygons must be triangulated. The welder is not involved.
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
  private readonly files: SpillFiles;
  private db: MeshDatabase | undefined;

  constructor(
    private readonly name: string,
    private readonly options: SideOptions,
  ) {
    this.names = [name];
    MeshDatabase.open(name).close();
    const folder = chooseTempFolder(options.tempFolder, name);
    this.files = new SpillFiles(new WorkFolder(join(folder, basename(name))));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { name, options, files } = this;
    this.db = MeshDatabase.open(name);
    return new StoredSide(undefined, this.db.rows(), files, arenaOf, options);
  }

  async close(): Promise<void> {
    this.files.remove();
    this.db?.close();
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

/** Sources that are read into files beside the first of them, or in the folder for temporary files. */
class IndexedSource implements OpenedSide {
  readonly format: string;
  readonly unpackingBytes: number;
  private readonly files: SpillFiles;

  constructor(
    readonly names: readonly string[],
    private readonly inputs: Inputs,
    folder: string,
    private readonly options: SideOptions,
  ) {
    this.format = formatOf(inputs);
    this.unpackingBytes = inputs.totals.unpackingBytes;
    this.files = new SpillFiles(new WorkFolder(join(folder, basename(names[0]!))));
  }

  async prepare({ arenaOf }: SideMemory): Promise<Side> {
    const { inputs, files, options } = this;
    try {
      const { rows, counts } = await spoolInputs(inputs, files, arenaOf, options);
      return new StoredSide({ files: inputs.facts, counts }, rows, files, arenaOf, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw await inputs.explain(error);
    }
  }

  async close(): Promise<void> {
    await this.inputs.close();
    this.files.remove();
  }
}

function formatOf({ facts }: Inputs): string {
  return commonOf(facts.map(({ format }) => format.id)) ?? 'mixed';
}
