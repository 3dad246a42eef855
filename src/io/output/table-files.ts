/** Outputs of several files: one for each table of a mesh, written one after the other. */
import type { OutputFile } from './output.js';
import { OutputFolder } from './output-folder.js';
import type { SplitFormat } from './split-manifest.js';

/** A file of a table. */
export interface TableFile {
  readonly file: string;
  readonly table: string;
  readonly bytes: number;
}

/** Files of tables in a folder. They become final together with the folder. */
export class TableFiles implements OutputFile {
  /** The complete files. */
  readonly files: TableFile[] = [];
  private current: { readonly output: OutputFile; readonly file: string; readonly table: string } | undefined;

  /** `nameOf` returns the name of a table's file. */
  constructor(
    private readonly folder: Pick<OutputFolder, 'open'>,
    private readonly nameOf: (table: string) => string,
  ) {}

  get size(): number {
    return this.files.reduce((sum, { bytes }) => sum + bytes, this.current?.output.size ?? 0);
  }

  /** Writes bytes of a table. The first bytes of another table end the file of this one. */
  async write(bytes: Uint8Array, table = ''): Promise<void> {
    if (table !== this.current?.table) {
      await this.commit();
      const file = this.nameOf(table);
      this.current = { output: await this.folder.open(file, 'none'), file, table };
    }
    await this.current!.output.write(bytes);
  }

  async commit(): Promise<void> {
    if (this.current === undefined) return;
    const { output, file, table } = this.current;
    await output.commit();
    this.current = undefined;
    this.files.push({ file, table, bytes: output.size });
  }

  async discard(): Promise<void> {
    await this.current?.output.discard();
  }
}

/** A new folder with a file for each table and a manifest. It appears complete, or not at all. */
export class TableFolder implements OutputFile {
  private readonly tables: TableFiles;

  private constructor(
    private readonly folder: OutputFolder,
    ending: string,
  ) {
    this.tables = new TableFiles(folder, (table) => `${table}.${ending}`);
  }

  /**
   * Opens a folder whose files have the extension `ending`. Throws FileError if the path has something that may not be
   * replaced.
   */
  static async open(
    path: string,
    force: boolean,
    formats: readonly SplitFormat[],
    ending: string,
  ): Promise<TableFolder> {
    return new TableFolder(await OutputFolder.create(path, force, formats), ending);
  }

  get size(): number {
    return this.tables.size;
  }

  write(bytes: Uint8Array, table?: string): Promise<void> {
    return this.tables.write(bytes, table);
  }

  async commit(): Promise<void> {
    await this.tables.commit();
    await this.folder.commit({ files: this.tables.files });
  }

  async discard(): Promise<void> {
    await this.tables.discard();
    await this.folder.discard();
  }
}
