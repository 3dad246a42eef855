/** Covers: collections/label-rows. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdLinks } from '../../src/collections/id-links.ts';
import { LabelRows, shareLabels } from '../../src/collections/label-rows.ts';
import { SpillFiles } from '../../src/collections/spill-file.ts';
import { freshFolder } from '../support/files.js';
import { labelSets } from '../support/reference.js';

type Link = readonly [number, number];

/** Labels by the program, with so many bytes of memory; also how many files it has made. */
function label(count: number, links: readonly Link[], bytes: number, folder: string) {
  const files = new SpillFiles(join(folder, 'links'));
  try {
    const sets = new IdLinks(count, new ArrayBuffer(bytes), files);
    for (const [u, v] of links) sets.link(u, v);
    const made = readdirSync(folder).length;
    const finishing = sets.finish();
    let step = finishing.next();
    for (; !step.done; step = finishing.next()) expect(step.value).toBeLessThanOrEqual(1);
    const labels = new Float64Array(count);
    new LabelRows(shareLabels(step.value)).load(0, count, labels);
    return { labels: [...labels], made };
  } finally {
    files.remove();
  }
}

const graphs = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    links: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 80 }),
  }),
);

describe('sets of linked ids', () => {
  it('have their smallest id as label, in any memory and order of links', () => {
    const folder = freshFolder();
    let swept = 0;
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 20 }), ({ count, links }, rangeIds) => {
        const expected = labelSets(count, links);
        expect(label(count, links, 4 * count, folder)).toEqual({ labels: expected, made: 0 });
        const bytes = Math.min(12 * rangeIds, 4 * count - 1);
        if (bytes < 12) return;
        for (const order of [links, [...links].reverse(), links.map(([u, v]): Link => [v, u])]) {
          const { labels, made } = label(count, order, bytes, folder);
          expect(labels).toEqual(expected);
          expect(made).toBeGreaterThanOrEqual(Math.ceil(count / rangeIds));
        }
        swept++;
      }),
      { numRuns: 60, seed: 48 },
    );
    expect(swept).toBeGreaterThan(20);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may form chains across many ranges', () => {
    const folder = freshFolder();
    const count = 5000;
    const chain = Array.from(
      { length: count - 1 },
      (_, k): Link => [(k * 7919) % count, ((k + 1) * 7919) % count],
    );
    expect(label(count, chain, 12 * 100, folder).labels).toEqual(Array<number>(count).fill(0));
    const halves = chain.filter(([u, v]) => u % 2 === v % 2);
    expect(label(count, halves, 12 * 333, folder).labels).toEqual(labelSets(count, halves));
  });
});
