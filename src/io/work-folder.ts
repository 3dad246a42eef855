/**
 * A folder for the temporary databases and spill files of a run. In a folder that all users may write to, others can
 * neither foresee its name nor read or place anything in it.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileError } from '../errors.js';
import { creationError, isOwnFolder, listFolder } from './disk.js';
import { partialName } from './output/output-file.js';

export class WorkFolder {
  private path: string | undefined;

  /** The folder is next to the path `beside`, and its name begins the same. It is created when needed. */
  constructor(private readonly beside: string) {}

  /** The parent folder. */
  get parent(): string {
    return dirname(this.beside);
  }

  /** Returns the path of a file in the folder, which is created if needed. Throws FileError. */
  file(name: string): string {
    this.path ??= makeWorkFolder(this.beside);
    return join(this.path, name);
  }

  /** Removes the folder and its content; may be called again. Throws FileError. */
  remove(): void {
    const { path } = this;
    if (path === undefined) return;
    this.path = undefined;
    removeWorkFolder(path);
  }
}

/** Removes a folder from {@link makeWorkFolder} and its content, if it exists. Throws FileError. */
export function removeWorkFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, 'remove', path);
  }
}

/** Lists the folders of the user in a folder that look like ones from {@link makeWorkFolder}. */
export function listWorkFolders(parent: string): string[] {
  return listFolder(parent)
    .map((name) => join(parent, name))
    .filter((path) => isWorkFolderName(path) && isOwnFolder(path));
}

/** Creates a folder for work that outlasts a run; returns its path. Throws FileError. */
export function makeWorkFolder(beside: string): string {
  const path = partialName(beside);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw creationError(error, 'create', path);
  }
  return path;
}

/** Whether a path looks like one from {@link makeWorkFolder}. */
export function isWorkFolderName(path: string): boolean {
  return /\.[0-9a-f]{8}\.partial$/.test(basename(path));
}
