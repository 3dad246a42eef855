/** Covers: commands/options/transform-options, geometry/linear. */
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addTransformOptions,
  collectTransform,
  type TransformCommandOptions,
} from '../../src/commands/options/transform-options.js';
import { UsageError } from '../../src/errors.js';
import {
  checkTransform,
  type LengthUnit,
  Transform,
  type TransformStep,
} from '../../src/geometry/transform.js';

type Vector = [number, number, number];

const scale = (...factors: Vector): TransformStep => ({ kind: 'scale', factors });
const translate = (...by: Vector): TransformStep => ({ kind: 'translate', by });
const rotate = (axis: Vector, degrees: number): TransformStep => ({ kind: 'rotate', axis, degrees });
const units = (from: LengthUnit, to: LengthUnit): TransformStep => ({ kind: 'units', from, to });
const matrix = (...numbers: number[]): TransformStep => ({ kind: 'matrix', numbers });

function move(steps: readonly TransformStep[], ...positions: number[]): number[] {
  const moved = Float64Array.from(positions);
  new Transform(steps).apply(moved, positions.length / 3);
  return [...moved];
}

function turn(steps: readonly TransformStep[], ...normals: number[]): number[] {
  const turned = Float64Array.from(normals);
  new Transform(steps).applyToNormals(turned, normals.length / 3);
  return [...turned];
}

const cross = ([a, b, c]: number[], [d, e, f]: number[]) => [
  b! * f! - c! * e!,
  c! * d! - a! * f!,
  a! * e! - b! * d!,
];
const minus = (one: number[], other: number[]) => one.map((value, k) => value - other[k]!);
const unit = (v: number[]) => v.map((value) => value / Math.hypot(...v));

const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const vector = fc.tuple(coordinate, coordinate, coordinate);
const factor = fc.double({ min: 0.1, max: 10, noNaN: true }).chain((f) => fc.constantFrom(f, -f));
const small = fc.double({ min: -10, max: 10, noNaN: true });
const axis = fc.tuple(small, small, small).filter((v) => Math.hypot(...v) > 0.1);

/** Three rows that are far from one plane, and what is added. */
const fullMatrix = fc.tuple(axis, axis, axis, fc.tuple(small, small, small)).filter(([a, b, c]) => {
  const volume = cross(a, b).reduce((sum, value, k) => sum + value * c[k]!, 0);
  return Math.abs(volume) > 0.3 * Math.hypot(...a) * Math.hypot(...b) * Math.hypot(...c);
});
const anyStep: fc.Arbitrary<TransformStep> = fc.oneof(
  fc.tuple(factor, factor, factor).map((factors) => scale(...factors)),
  fc.tuple(small, small, small).map((by) => translate(...by)),
  fc.tuple(axis, fc.double({ min: -720, max: 720, noNaN: true })).map(([u, degrees]) => rotate(u, degrees)),
  fullMatrix.map(([a, b, c, d]) => matrix(...a, d[0], ...b, d[1], ...c, d[2])),
  fc.constant(units('inch', 'cm')),
);

describe('the steps of a transform', () => {
  it('multiplies and adds in float64', () => {
    fc.assert(
      fc.property(vector, fc.tuple(factor, factor, factor), ([x, y, z], [sx, sy, sz]) => {
        expect(move([scale(sx, sy, sz)], x, y, z)).toEqual([x * sx + 0, y * sy + 0, z * sz + 0]);
        expect(move([translate(sx, sy, sz)], x, y, z)).toEqual([x + sx, y + sy, z + sz]);
      }),
    );
  });

  it('applies steps in order', () => {
    expect(move([scale(2, 2, 2), translate(1, 0, 0)], 1, 2, 3)).toEqual([3, 4, 6]);
    expect(move([translate(1, 0, 0), scale(2, 2, 2)], 1, 2, 3)).toEqual([4, 4, 6]);
    // One matrix of both would give 1e17.
    expect(move([translate(1e17, 0, 0), translate(-1e17, 0, 0)], 1, 2, 3)).toEqual([0, 2, 3]);
    expect(move([], 1, -0, 3)).toEqual([1, 0, 3]);
  });

  it('moves only the given count of positions', () => {
    const positions = Float64Array.from({ length: 15_000 }, (_, k) => k);
    new Transform([translate(1, 2, 3)]).apply(positions, 4_999);
    for (let k = 0; k < 15_000; k++) expect(positions[k]).toBe(k < 14_997 ? k + (k % 3) + 1 : k);
  });

  it('produces no negative zero', () => {
    expect(move([scale(-1, 1, 1)], 0, -0, 1)).toEqual([0, 0, 1]);
    expect(move([rotate([0, 0, 1], 180)], 0, 0, 0)).toEqual([0, 0, 0]);
    expect(turn([scale(-1, 1, 1)], 0, 1, -0)).toEqual([0, 1, 0]);
  });

  const inches: [LengthUnit, LengthUnit, number, number][] = [
    ['mm', 'inch', 25.4, 1],
    ['inch', 'mm', 10, 254],
    ['inch', 'mm', 0.1, 2.54],
    ['in', 'cm', 1, 2.54],
    ['ft', 'in', 1, 12],
    ['yd', 'foot', 1, 3],
    ['mil', 'inch', 1000, 1],
    ['um', 'mm', 1, 0.001],
    ['km', 'm', 0.7, 700],
    ['foot', 'm', 10, 3.048],
    ['mm', 'mm', 0.1, 0.1],
  ];
  it.each(inches)('%s to %s: %d is %d', (from, to, x, expected) => {
    expect(move([units(from, to)], x, 0, 0)[0]).toBeCloseTo(expected, 15);
  });

  const arithmetic: [LengthUnit, LengthUnit, (x: number) => number][] = [
    ['mm', 'inch', (x) => x / 25.4],
    ['inch', 'mm', (x) => x * 25.4],
    ['cm', 'in', (x) => x / 2.54],
    ['mm', 'm', (x) => x / 1000],
    ['m', 'mm', (x) => x * 1000],
    ['foot', 'inch', (x) => x * 12],
    ['inch', 'foot', (x) => x / 12],
    ['yd', 'm', (x) => x * 0.9144],
    ['m', 'ft', (x) => x / 0.3048],
    ['mil', 'mm', (x) => x * 0.0254],
    ['um', 'mil', (x) => x / 25.4],
    ['um', 'um', (x) => x],
  ];
  it.each(arithmetic)('changes %s to %s by one operation', (from, to, calculate) => {
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (x) => {
        expect(move([units(from, to)], x, 0, -x)).toEqual([calculate(x), 0, -calculate(x)]);
      }),
    );
  });

  it('turns exactly by quarters about x, y and z', () => {
    const [x, y, z] = [0.1, 0.2, 0.3];
    expect(move([rotate([1, 0, 0], 90)], x, y, z)).toEqual([x, -z, y]);
    expect(move([rotate([0, 1, 0], 90)], x, y, z)).toEqual([z, y, -x]);
    expect(move([rotate([0, 0, 1], 90)], x, y, z)).toEqual([-y, x, z]);
    expect(move([rotate([0, 0, -3], 90)], x, y, z)).toEqual([y, -x, z]);
    expect(move([rotate([0, 0, 1], 180)], x, y, z)).toEqual([-x, -y, z]);
    expect(move([rotate([0, 0, 1e-200], -90)], x, y, z)).toEqual([y, -x, z]);
    expect(move([rotate([0, 0, 1e200], 270)], x, y, z)).toEqual([y, -x, z]);
    expect(move([rotate([0, 0, 1], 360_000_090)], x, y, z)).toEqual([-y, x, z]);
    expect(move([rotate([0, 0, 1], -360)], x, y, z)).toEqual([x, y, z]);
  });

  it('keeps the coordinate along the axis, for any angle', () => {
    fc.assert(
      fc.property(vector, fc.double({ min: -1e4, max: 1e4, noNaN: true }), ([x, y, z], degrees) => {
        expect(move([rotate([0, 0, 2], degrees)], x, y, z)[2]).toBe(z + 0);
      }),
    );
  });

  it('rotates as quaternions do', () => {
    fc.assert(
      fc.property(vector, axis, fc.double({ min: -720, max: 720, noNaN: true }), (p, u, degrees) => {
        const half = (degrees * Math.PI) / 360;
        const q = unit(u).map((value) => value * Math.sin(half));
        const t = cross(q, p).map((value) => 2 * value);
        const expected = p.map((value, k) => value + Math.cos(half) * t[k]! + cross(q, t)[k]!);
        const moved = move([rotate(u, degrees)], ...p);
        for (let k = 0; k < 3; k++) {
          expect(Math.abs(moved[k]! - expected[k]!)).toBeLessThan(1e-13 * (1 + Math.hypot(...p)));
        }
      }),
    );
  });

  it('multiplies by a matrix row by row', () => {
    expect(move([matrix(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11, 12)], 1, 10, 100)).toEqual([325, 773, -979]);
  });

  it('refuses positions that are not finite, and names the original vertex', () => {
    const positions = new Float64Array(3 * 2000).fill(1);
    positions.set([1, 2, 1e300], 3 * 1700);
    const apply = () => new Transform([scale(1, 1, 1e5), scale(1, 1, 1e5)]).apply(positions, 2000);
    expect(apply).toThrow(UsageError);
    expect(() => move([scale(1, 1, 1e10)], 1, 2, 3, 4, 5, 1e300)).toThrow(
      'the vertex at 4 5 1e+300 is moved to 4 5 Infinity; expected finite coordinates',
    );
    // Infinite on the way counts as well.
    expect(() => move([scale(1e10, 1, 1), scale(1e-10, 1, 1)], 1e300, 0, 0)).toThrow('1e+300 0 0');
    expect(() => move([matrix(1, 1, 0, 0, 1, -1, 0, 0, 0, 0, 1, 0)], 1e308, 1e308, 0)).toThrow(UsageError);
  });
});

describe('a transform of a surface', () => {
  it('detects a reflection', () => {
    const mirrors = (...steps: TransformStep[]) => new Transform(steps).isMirroring;
    expect(mirrors()).toBe(false);
    expect(mirrors(scale(-1, 1, 1))).toBe(true);
    expect(mirrors(scale(-1, 1, 1), scale(1, -1, 1))).toBe(false);
    expect(mirrors(scale(-1, -1, -1), translate(-1, 0, 0), rotate([1, 2, 3], 77))).toBe(true);
    expect(mirrors(scale(-1e-200, 1e-200, 1e-200))).toBe(true);
    expect(mirrors(matrix(0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0))).toBe(true);
    expect(mirrors(matrix(0, 1e200, 0, 0, 0, 0, 1e-200, 0, 1, 0, 0, 0))).toBe(false);
    expect(mirrors(units('mm', 'inch'))).toBe(false);
  });

  it('rotates normals with the surface, on the same side, at their length', () => {
    const triangle = fc
      .tuple(axis, axis)
      .filter(([u, v]) => Math.hypot(...cross(u, v)) > 0.2 * Math.hypot(...u) * Math.hypot(...v));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 3 }), triangle, factor, (steps, [u, v], length) => {
        const transform = new Transform(steps);
        const moved = move(steps, 0, 0, 0, ...u, ...v);
        const [a, b, c] = [moved.slice(0, 3), moved.slice(3, 6), moved.slice(6)];
        const side = Math.sign(length) * (transform.isMirroring ? -1 : 1);
        const expected = unit(cross(minus(b, a), minus(c, a))).map((value) => value * side);
        const normal = unit(cross(u, v)).map((value) => value * length);
        const turned = turn(steps, ...normal);
        expect(Math.hypot(...turned)).toBeCloseTo(Math.abs(length), 10);
        const edges = Math.hypot(...minus(b, a)) * Math.hypot(...minus(c, a));
        // Only where the moved triangle is not so thin that its own normal is rounding.
        fc.pre(Math.hypot(...cross(minus(b, a), minus(c, a))) > 1e-6 * edges);
        for (let k = 0; k < 3; k++) expect(unit(turned)[k]).toBeCloseTo(expected[k]!, 6);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps normals exactly if nothing rotates', () => {
    const normal = [0.1, 0.7, -0.3];
    const flat = [
      translate(1, 2, 3),
      scale(3, 3, 3),
      units('mm', 'inch'),
      matrix(7, 0, 0, 1, 0, 7, 0, 1, 0, 0, 7, 1),
    ];
    expect(turn(flat, ...normal)).toEqual(normal);
    expect(turn([rotate([0, 0, 1], 90), scale(0.1, 0.1, -0.1)], ...normal)).toEqual([-0.7, 0.1, 0.3]);
  });

  it('keeps absent normals, those of length 0, and lengths at the ends of float64', () => {
    const nan = Number.NaN;
    expect(turn([rotate([0, 0, 1], 45)], nan, 1, 2, 0, 0, 0, nan, nan, nan)).toEqual([
      nan,
      1,
      2,
      0,
      0,
      0,
      nan,
      nan,
      nan,
    ]);
    expect(turn([scale(1, 2, 3)], 1e300, 0, 0, 0, 1e-300, 0)).toEqual([1e300, 0, 0, 0, 1e-300, 0]);
    expect(turn([scale(1, 1, 1e200)], 0, 0, 1, 1, 0, 0)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(turn([matrix(1e200, 0, 0, 0, 0, 1e200, 0, 0, 0, 0, -1e200, 0)], 0, 0, 1)).toEqual([0, 0, -1]);
  });
});

describe('checkTransform', () => {
  const unknown = { kind: 'units', from: 'mm', to: 'toString' } as unknown as TransformStep;
  it.each([
    [scale(1, 0, 1), 'a scale of 1,0,1 makes the mesh flat; expected factors other than 0'],
    [scale(1, Number.NaN, 1), 'a scale of 1,NaN,1; expected 3 finite numbers'],
    [translate(1, Number.POSITIVE_INFINITY, 1), 'a translation of 1,Infinity,1; expected 3 finite numbers'],
    [rotate([0, -0, 0], 90), 'a rotation about the axis 0,0,0; expected a vector other than 0,0,0'],
    [matrix(1, 2, 3), 'a matrix of 1,2,3; expected 12 finite numbers'],
    [matrix(1, 2, 3, 0, 2, 4, 6, 0, 0, 0, 1, 0), 'makes the mesh flat; expected an invertible one'],
    [matrix(0.1, 0.2, 0.3, 0, 0.3, 0.6, 0.9, 0, 0, 0, 1, 0), 'makes the mesh flat'],
    [matrix(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5), 'makes the mesh flat'],
    [unknown, "unknown unit 'toString'; expected one of um, mm, cm,"],
  ])('refuses %j', (step, message) => {
    expect(() => checkTransform([translate(0, 0, 0), step])).toThrow(message);
    expect(() => new Transform([step])).toThrow(UsageError);
  });

  it('accepts small values', () => {
    checkTransform([scale(1e-300, 1, 1e300), matrix(1e-200, 0, 0, 0, 0, 1e200, 0, 0, 0, 0, 1e-3, 0)]);
  });
});

describe('the options of a transform', () => {
  function parse(...args: string[]): ReturnType<typeof collectTransform> {
    const command = addTransformOptions(new Command('export'))
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    command.parse(args, { from: 'user' });
    return collectTransform(command.opts<TransformCommandOptions>());
  }

  it('may be absent', () => {
    expect(parse()).toEqual({ steps: [], flip: false });
  });

  it('keeps steps in the order of the command line, separately for each run', () => {
    const args = [
      '--translate',
      '-1,0,.5',
      '--scale',
      '2',
      '--flip',
      '--translate',
      '1, 2 ,+3e1',
      '--scale=1,2,-3',
    ];
    const expected = {
      steps: [translate(-1, 0, 0.5), scale(2, 2, 2), translate(1, 2, 30), scale(1, 2, -3)],
      flip: true,
    };
    expect(parse(...args)).toEqual(expected);
    expect(parse(...args)).toEqual(expected);
  });

  it('reads rotations, units and matrices', () => {
    expect(parse('--rotate', 'z,90').steps).toEqual([rotate([0, 0, 1], 90)]);
    expect(parse('--rotate', 'Y,-4.5e1').steps).toEqual([rotate([0, 1, 0], -45)]);
    expect(parse('--rotate', '0,1,1,30').steps).toEqual([rotate([0, 1, 1], 30)]);
    expect(parse('--units', 'mm:in', '--units', 'foot:yd').steps).toEqual([
      units('mm', 'in'),
      units('foot', 'yd'),
    ]);
    const twelve = [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7];
    expect(parse('--matrix', `${twelve}`, '--matrix', `${twelve},0,0,0,1`).steps).toEqual([
      matrix(...twelve),
      matrix(...twelve),
    ]);
  });

  it.each([
    ['--scale', '', '0 numbers; expected 1 or 3 numbers: s or sx,sy,sz'],
    ['--scale', '1,2', '2 numbers; expected 1 or 3 numbers: s or sx,sy,sz'],
    ['--scale', '0', 'a scale of 0,0,0 makes the mesh flat'],
    ['--scale', '0x10', 'not a decimal number; expected'],
    ['--scale', '1,,2', "'' is not a decimal number; expected"],
    ['--scale', '1e', 'not a decimal number; expected'],
    ['--scale', '.', 'not a decimal number; expected'],
    ['--scale', '1 2', 'not a decimal number; expected'],
    ['--scale', '1_000', 'not a decimal number; expected'],
    ['--scale', 'NaN', 'not a decimal number; expected'],
    ['--scale', 'Infinity', 'not a decimal number; expected'],
    ['--scale', '1e999', 'too large; expected'],
    ['--translate', '1,2,3,4', '4 numbers; expected 3 numbers: x,y,z'],
    ['--rotate', '90', '1 number; expected an axis and degrees, such as z,90'],
    ['--rotate', 'w,90', "'w' is not a decimal number; expected an axis and degrees"],
    ['--rotate', 'z,', '0 numbers; expected an axis and degrees, such as z,90'],
    ['--rotate', '0,0,0,90', 'a rotation about the axis 0,0,0; expected'],
    ['--matrix', '1,0,0,0', '4 numbers; expected 12 or 16 numbers, row by row'],
    [
      '--matrix',
      '1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,2',
      'the last row of the matrix is 0,0,0,2; expected 0,0,0,1',
    ],
    ['--units', 'mm', 'expected two of um, mm,'],
    ['--units', 'mm:furlong', 'expected two of um, mm,'],
    ['--units', 'mm:cm:m', 'expected two of um, mm,'],
  ])("refuses %s '%s'", (option, text, message) => {
    expect(() => parse(option, text)).toThrow(message);
    expect(() => parse(option, text)).toThrow(UsageError);
  });
});
