import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unnamedBytes } from '../../src/io/unnamed-files.js';
import { freshFolder } from '../support/files.js';

it.skipIf(!existsSync('/proc/self/fd'))('counts the bytes of open files that have no name', () => {
  const path = join(freshFolder(), 'sorted');
  const file = openSync(path, 'w');
  const before = unnamedBytes();
  writeSync(file, Buffer.alloc(5_000_000));
  expect(unnamedBytes() - before).toBeLessThan(5_000_000);
  unlinkSync(path);
  expect(unnamedBytes() - before).toBeGreaterThanOrEqual(5_000_000);
  closeSync(file);
});
