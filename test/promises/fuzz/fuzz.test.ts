/** A thousand hostile files, the same ones each time; `npm run test:slow` reads a million others. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../support/files.js';
import { applyChanges, CHANGES } from './changes.js';
import { type FuzzedFormat, fuzz } from './fuzz.js';
import { importThrough, readThrough } from './outcome.js';
import { SEEDS } from './seeds.js';

const FORMATS = Object.keys(SEEDS) as FuzzedFormat[];
const CHOICE = {
  salvage: false,
  batchTriangles: 7,
  piece: 5,
  isStream: false,
  weldBytes: 2 ** 18,
};

describe.each(FORMATS)('hostile %s', (format) => {
  it.each(SEEDS[format])('starts from $name, which is valid', async ({ content }) => {
    const folder = freshFolder();
    const choice = { ...CHOICE, ending: format };
    expect(await readThrough(content, choice, join(folder, 'spill'))).toMatchObject({ refusal: undefined });
    expect(await importThrough(content, choice, folder)).toBe(true);
  });

  it('is read or refused', async () => {
    await fuzz({ formats: [format], reads: 180, imports: 20, seed: 1, folder: freshFolder() });
  });
});

it.each(Object.keys(CHANGES))('%s changes files deterministically', (name) => {
  const change = Object.keys(CHANGES).indexOf(name);
  const changed = FORMATS.flatMap((format) => SEEDS[format]).filter(({ content }, k) => {
    const once = applyChanges(content, [[change, 7 * k + 5, 3]], content);
    expect(applyChanges(content, [[change, 7 * k + 5, 3]], content).equals(once)).toBe(true);
    return !once.equals(content);
  });
  expect(changed.length).toBeGreaterThan(3);
});
