/** Covers: pipeline/flaws/flaw, pipeline/flaws/flaw-sums, pipeline/flaws/largest. */
import { describe, expect, it } from 'vitest';
import { checkMesh, findFlaws } from '../../../src/pipeline/check-mesh.js';
import type { FlawGroup, FlawKind } from '../../../src/pipeline/flaws/flaw.js';
import { Largest } from '../../../src/pipeline/flaws/largest.js';
import { boxOf, makeFlawedMesh } from '../../support/flawed-mesh.js';
import { type Corners, makeTube, shuffle } from '../../support/meshes.js';
import { databaseOf } from '../../support/views.js';

const OPTIONS = { memoryBytes: 512 * 2 ** 20, threads: 1 };
const groupOf = (groups: readonly FlawGroup[], kind: FlawKind) =>
  groups.find((group) => group.kind === kind)!;
/** Places are float32 in STL. */
const rounded = ({ min, max }: { readonly min: readonly number[]; readonly max: readonly number[] }) =>
  [...min, ...max].map((value) => value.toFixed(4));

describe('the list of flaws', () => {
  it('has the flaws of each kind, where they are, with the counts of the check', async () => {
    const known = makeFlawedMesh();
    const database = await databaseOf(known.triangles, false);
    const { check, groups } = await findFlaws(database, OPTIONS);
    const expected = await checkMesh(database, OPTIONS);
    expect(check).toEqual(expected);
    expect(Object.fromEntries(groups.map(({ kind, count }) => [kind, count]))).toEqual({
      hole: expected.boundaryLoops,
      nonManifoldEdge: expected.nonManifoldEdges,
      nonManifoldVertex: expected.nonManifoldVertices,
      misorientedEdge: expected.misorientedEdges,
      degenerate: expected.degenerate,
      duplicate: expected.duplicate,
      smallShell: 2,
    });
    expect(groups.map(({ count, items }) => items.length - count)).toEqual(groups.map(() => 0));

    const holes = groupOf(groups, 'hole').items;
    expect(holes.map(({ count }) => count)).toEqual([4, 3]);
    expect(holes.map(({ bounds }) => rounded(bounds))).toEqual(
      known.holes.map(({ bounds }) => rounded(bounds)),
    );
    for (const { size, lines, count } of holes) {
      expect(lines).toHaveLength(6 * count);
      let length = 0;
      for (let at = 0; at < lines.length; at += 6)
        length += Math.hypot(...[0, 1, 2].map((axis) => lines[at + axis]! - lines[at + 3 + axis]!));
      expect(size).toBeCloseTo(length, 9);
    }

    const turned = groupOf(groups, 'misorientedEdge').items;
    expect(turned).toHaveLength(3);
    for (const { triangles } of turned) expect(triangles).toContain(known.turned.triangle);
    const points = turned.flatMap(({ lines }) => [lines.slice(0, 3), lines.slice(3)]);
    expect(rounded(boxOf(points))).toEqual(rounded(known.turned.bounds));

    const [twice, ...others] = groupOf(groups, 'duplicate').items;
    expect(others).toEqual([]);
    expect(twice!.triangles).toEqual(known.twice.triangles);
    expect(rounded(twice!.bounds)).toEqual(rounded(known.twice.bounds));
    const edges = groupOf(groups, 'nonManifoldEdge').items;
    expect(edges).toHaveLength(3);
    expect(rounded(boxOf(edges.flatMap(({ bounds }) => [[...bounds.min], [...bounds.max]])))).toEqual(
      rounded(known.twice.bounds),
    );

    const [degenerate] = groupOf(groups, 'degenerate').items;
    expect(degenerate!.triangles).toEqual([known.degenerate.triangle]);
    expect(rounded(degenerate!.bounds)).toEqual(rounded(known.degenerate.bounds));
    expect(groupOf(groups, 'nonManifoldVertex').items.map(({ bounds }) => bounds.min)).toEqual([
      known.touching,
    ]);
    // The larger one first.
    expect(
      groupOf(groups, 'smallShell').items.map(({ bounds, count }) => [count, ...rounded(bounds)]),
    ).toEqual([...known.shells].reverse().map((box) => [4, ...rounded(box)]));
  });

  it('finds the same in any order of triangles', async () => {
    const { triangles } = makeFlawedMesh();
    const places = async (list: readonly Corners[]) => {
      const { groups } = await findFlaws(await databaseOf(list, false), OPTIONS);
      return groups.map(({ kind, count, items }) => ({
        kind,
        count,
        items: items.map(({ size, bounds }) => [size.toFixed(5), ...rounded(bounds)].join()).sort(),
      }));
    };
    expect(await places(shuffle(triangles, 5))).toEqual(await places(triangles));
  });

  it('finds nothing in a sound mesh, and lists at most so many of each kind', async () => {
    const sound = await findFlaws(await databaseOf(makeTube(20, 10), false), OPTIONS);
    expect(sound.groups.every(({ count, items }) => count === 0 && items.length === 0)).toBe(true);

    // Triangles that touch nothing: each is a hole of three edges, the last ones are the largest.
    const apart = Array.from({ length: 1500 }, (_, k) => {
      const size = 1 + k / 1500;
      return [3 * k, 0, 0, 3 * k + size, 0, 0, 3 * k, size, 0];
    });
    const { groups, check } = await findFlaws(await databaseOf(apart, false), OPTIONS);
    const holes = groupOf(groups, 'hole');
    expect(holes.count).toBe(1500);
    expect(check.boundaryLoops).toBe(1500);
    expect(holes.items).toHaveLength(1000);
    expect(groupOf(groups, 'smallShell').count).toBe(0);
  });
});

describe('Largest', () => {
  it('keeps the largest counts, of equal ones the smaller ids', () => {
    const largest = new Largest(3);
    for (let id = 0; id < 100; id++) largest.add(id, (id * 37) % 50);
    const all = Array.from({ length: 100 }, (_, id) => ({ id, count: (id * 37) % 50 }));
    all.sort((a, b) => b.count - a.count || a.id - b.id);
    expect(largest.ids()).toEqual(all.slice(0, 3).map(({ id }) => id));
  });
});
