/** The command line of what is shown: a shell and the program read it as it is meant. */
import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addFilterOptions, collectFilter } from '../../src/commands/options/filter-options.js';
import type { Shape } from '../../src/geometry/shapes.js';
import type { ShownFilter } from '../../src/view/wire/messages.js';
import { argumentsOf, outputName, quoteLine } from '../../web/filter/command.js';

const DATABASE = { path: 'scan.db', isDatabase: true };

/** Text of a person, with what shells treat specially. */
const text = fc
  .string({ unit: fc.constantFrom(...'ab19-\'"`$\\ !*?~#&;|<>(){}[]=%\n\tä…'), minLength: 1, maxLength: 20 })
  .filter((value) => value.trim() !== '');
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
const point = fc.tuple(numbers, numbers, numbers);
const shape = (touching: boolean): fc.Arbitrary<Shape> =>
  fc
    .oneof(
      fc.record({
        kind: fc.constant('box' as const),
        min: fc.constant([-1, -2, -3] as const),
        max: fc.constant([1e21, 2.5e-7, 3] as const),
      }),
      fc.record({
        kind: fc.constant('sphere' as const),
        center: point,
        radius: fc.double({ min: 0, max: 1e9, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('plane' as const),
        normal: fc.constant([-1, 0, 0] as const),
        offset: numbers,
      }),
    )
    .map((one) => ({ ...one, touching }) as Shape);

const filters: fc.Arbitrary<ShownFilter> = fc.record(
  {
    where: fc.constantFrom(['area > 2'], ["part = 'it''s'", '-max_z < 3']),
    sql: fc.array(text, { minLength: 1, maxLength: 2 }),
    shapes: fc.boolean().chain((touching) => fc.array(shape(touching), { minLength: 1, maxLength: 1 })),
    parts: fc.array(text, { minLength: 1, maxLength: 2 }),
    components: fc.constantFrom(
      [{ kind: 'largest' }] as const,
      [
        { kind: 'number', number: 3 },
        { kind: 'over', triangles: 10 },
      ] as const,
    ),
    drop: fc.constantFrom(['degenerate'] as const, ['degenerate', 'duplicate'] as const),
    sample: fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat(100) }),
    limit: fc.nat(),
  },
  { requiredKeys: [] },
);

/** Reads arguments as the program does. */
function parse(words: readonly string[]): ShownFilter | undefined {
  const command = addFilterOptions(new Command().argument('<db>').argument('<output>').exitOverride());
  command.parse([...words], { from: 'user' });
  return collectFilter(command.opts());
}

describe('the command of what is shown', () => {
  it('has the filter for the program', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const [verb, ...words] = argumentsOf(DATABASE, filter, 'out.off')!;
        expect(verb).toBe('export');
        const parsed = JSON.parse(JSON.stringify(parse(words) ?? {})) as ShownFilter;
        const { shapes, ...others } = JSON.parse(JSON.stringify(filter)) as ShownFilter;
        expect(parsed).toEqual({
          shapes: shapes ?? (Object.keys(parsed).length > 0 ? [] : undefined),
          ...others,
        });
      }),
    );
  });

  it('reaches the program through a shell unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.constant('')), { minLength: 1, maxLength: 30 }), (words) => {
        const line = quoteLine(words).replace(/^offload/, "printf '%s\\0'");
        const read = execFileSync('/bin/sh', ['-c', line]).toString().split('\0').slice(0, -1);
        expect(read).toEqual(words);
      }),
      { numRuns: 20 },
    );
  });

  it('uses convert for a mesh file, and knows what no command can do', () => {
    const source = { path: '-scan.stl', isDatabase: false };
    expect(quoteLine(argumentsOf(source, { where: ['area > 2', ' '], parts: [] }, 'a b.off')!)).toBe(
      "offload convert ./-scan.stl 'a b.off' --where 'area > 2'",
    );
    expect(argumentsOf(source, { saved: ['roof'] }, 'out.off')).toBeUndefined();
    expect(argumentsOf(DATABASE, { saved: ['roof', '-x'] }, 'out.off')).toEqual([
      'export',
      'scan.db',
      'out.off',
      '--filter',
      'roof',
      '--filter=-x',
    ]);
    const plane = { kind: 'plane', normal: [0, 0, 1], offset: 0 } as const;
    const shapes = [
      { ...plane, touching: true },
      { ...plane, touching: false },
    ];
    expect(argumentsOf(DATABASE, { shapes }, 'out.off')).toBeUndefined();
  });

  it.each([
    ['/data/scan.db', 'scan-part.off'],
    ['scan.stl.gz', 'scan-part.off'],
    ['C:\\data\\scan', 'scan-part.off'],
  ])('names the output of %s', (path, name) => {
    expect(outputName(path, 'off')).toBe(name);
  });
});
