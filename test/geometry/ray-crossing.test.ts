import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossRay, missesColumn, ON_TRIANGLE } from '../../src/geometry/ray-crossing.js';
import { point, SCALES, shell } from '../support/any-shell.js';
import { windingOf } from '../support/shells.js';

describe('a ray', () => {
  it('decides whether a point is inside, also through edges, corners and upright triangles', () => {
    const seen = { on: 0, inside: 0, outside: 0 };
    fc.assert(
      fc.property(shell, point, fc.constantFrom(...SCALES), (triangles, p, scale) => {
        let winding = 0;
        let isOn = false;
        for (const triangle of triangles) {
          const t = Float64Array.from(triangle.flat(), scale);
          const crossing = crossRay(Float64Array.from(p, scale), 0, t);
          if (crossing === ON_TRIANGLE) isOn = true;
          else winding += crossing;
        }
        const expected = windingOf(triangles, p);
        expect(isOn ? 'on' : winding).toBe(expected);
        seen[expected === 'on' ? 'on' : expected === 0 ? 'outside' : 'inside']++;
      }),
      { numRuns: 3000, seed: 45 },
    );
    for (const [place, count] of Object.entries(seen)) expect(count, place).toBeGreaterThan(20);
  });
});

describe('a column of rays', () => {
  it('misses a triangle only if each of its rays does', () => {
    const seen = { missed: 0, met: 0 };
    fc.assert(
      fc.property(point, point, point, point, point, (a, b, c, p, q) => {
        const t = Float64Array.from([a, b, c].flat());
        const [x0, x1] = [Math.min(p[0], q[0]), Math.max(p[0], q[0])];
        const [y0, y1] = [Math.min(p[1], q[1]), Math.max(p[1], q[1])];
        const crossings: number[] = [];
        for (let x = x0; x <= x1; x++) {
          for (let y = y0; y <= y1; y++) {
            for (let z = -1; z <= 7; z++) crossings.push(crossRay(Float64Array.of(x, y, z), 0, t));
          }
        }
        const isMissed = missesColumn(t, x0, y0, x1, y1);
        if (isMissed) expect(crossings.every((crossing) => crossing === 0)).toBe(true);
        seen[isMissed ? 'missed' : 'met']++;
      }),
      { numRuns: 1000, seed: 46 },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(100);
  });
});
