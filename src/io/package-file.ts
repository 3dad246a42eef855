/** Files that come with the package itself: migrations and package.json. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Found by its name in package.json: where this file itself stands, the build decides. */
const ROOT = new URL('./', pathToFileURL(createRequire(import.meta.url).resolve('#package')));

/** The text of a file of the package; `path` is relative to its root. */
export function readPackageText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The names in a folder of the package, sorted. */
export function listPackageFolder(path: string): string[] {
  return readdirSync(new URL(path, ROOT)).sort();
}

/** The package's version. */
export function readPackageVersion(): string {
  return (JSON.parse(readPackageText('package.json')) as { version: string }).version;
}
