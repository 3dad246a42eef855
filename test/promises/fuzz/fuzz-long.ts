/** A million hostile files, others each time: 200,000 of each format, in a process for each test file. */
import { it } from 'vitest';
import { freshFolder } from '../../support/files.js';
import { type FuzzedFormat, fuzz } from './fuzz.js';

const READS = 199_000;
const IMPORTS = 1000;

/** Declares a test for each format; what fails says the seed. */
export function fuzzLong(formats: readonly FuzzedFormat[]): void {
  it.each(formats)('hostile %s is read or refused', async (format) => {
    const seed = Date.now() % 2 ** 31;
    await fuzz({ formats: [format], reads: READS, imports: IMPORTS, seed, folder: freshFolder() });
  });
}
