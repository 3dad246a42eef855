/**
 * Files that were exported for pages and wait to be downloaded. A browser downloads by following a link, which cannot send the
 * token: the link has a ticket of its own, which is worth nothing once the file was sent.
 */

import { randomBytes } from 'node:crypto';
import { fileSize, removeFile } from '../io/disk.js';
import { Refusal } from './refusal.js';

/** The most files that wait; then the oldest one goes. */
const FILES_MAX = 4;

/** A file to download. */
export interface ExportedFile {
  readonly ticket: string;
  /** Where it is, and the name that the page gives it. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

export class ExportStore {
  private readonly files = new Map<string, ExportedFile>();

  /** Keeps a complete file until it was sent. */
  keep(path: string, name: string): ExportedFile {
    const file = { ticket: randomBytes(24).toString('base64url'), path, name, bytes: fileSize(path) };
    this.files.set(file.ticket, file);
    if (this.files.size > FILES_MAX) this.remove(this.files.values().next().value!);
    return file;
  }

  /** Returns the file of a ticket. Throws Refusal if there is none. */
  get(ticket: string | undefined, name: string | undefined): ExportedFile {
    const file = this.files.get(ticket ?? '');
    if (file !== undefined && encodeURIComponent(file.name) === name) return file;
    throw new Refusal(401, 'TICKET', 'the exported file is gone', { hint: 'export it again' });
  }

  /** Removes a file. */
  remove({ ticket, path }: ExportedFile): void {
    if (this.files.delete(ticket)) removeFile(path);
  }
}
