import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  listPackageFolder,
  readPackageText,
  readPackageVersion,
} from '../../../src/io/package/package-file.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

it('finds the files of the package', () => {
  const migrations = readdirSync(`${ROOT}migrations`).sort();
  expect(migrations.length).toBeGreaterThan(0);
  expect(listPackageFolder('migrations')).toEqual(migrations);
  const path = `migrations/${migrations[0]}`;
  expect(readPackageText(path)).toBe(readFileSync(ROOT + path, 'utf8'));
});

it('reads the version of the package', () => {
  expect(readPackageVersion()).toBe(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).version);
});
