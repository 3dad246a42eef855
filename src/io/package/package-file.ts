/** Files shipped with the package: migrations, kernels and package.json. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The package's root, found by its name in package.json: the build decides where this file is. */
const ROOT = new URL('./', pathToFileURL(createRequire(import.meta.url).resolve('#package')));

/** Reads a text file of the package; `path` is relative to its root. */
export function readPackageText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Reads a file of the package; `path` is relative to its root. */
export function readPackageBytes(path: string): Uint8Array {
  return readFileSync(new URL(path, ROOT));
}

/** Lists the names in a folder of the package, sorted. */
export function listPackageFolder(path: string): string[] {
  return readdirSync(new URL(path, ROOT)).sort();
}

/** Reads the package's version. */
export function readPackageVersion(): string {
  return (JSON.parse(readPackageText('package.json')) as { version: string }).version;
}
