/** Finds the shells of a mesh while the stars of its vertices are counted, and which of them are closed surfaces. */

import { IdLinks } from '../../collections/id-links.js';
import type { IdSet } from '../../collections/id-set.js';
import { LabelStream } from '../../collections/label-stream.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import { stepsWithin } from '../../collections/steps.js';
import type { FoundShells } from '../../topology/shell-scan.js';
import type { TopologySinks } from '../../topology/topology-count.js';
import { TURN_TRIANGLES } from './shell-memory.js';

/** The share of the work for links; the rest is reading the labels again. */
const LINKS_SHARE = 0.8;

export class ShellFinder {
  private readonly links: IdLinks;

  /**
   * `sound` holds the triangles with three vertices, and becomes the set of closed shells. `flaws` collects triangles that
   * disqualify their shell: with boundary, non-manifold or misoriented edges. The arena is used until the end.
   */
  constructor(
    private readonly sound: IdSet,
    private readonly flaws: IdSet,
    arena: ArrayBuffer,
    files: SpillFiles,
  ) {
    this.links = new IdLinks(sound.range, arena, files);
  }

  /** Takes pairs of triangles with a common edge. */
  readonly onPair: TopologySinks['onPair'] = (triangle, neighbor, isSame, isManifold) => {
    this.links.link(triangle, neighbor);
    // Both are in one shell, so one of them is enough.
    if (isSame || !isManifold) this.flaws.add(triangle);
  };

  /**
   * Finishes; yields the progress from 0 to 1 from time to time. `begin` is called when the arena is free again; what it
   * returns receives each sound triangle, and the first triangle of its shell.
   */
  *finish(begin?: () => (triangle: number, first: number) => void): Generator<number, FoundShells> {
    const { sound, flaws } = this;
    const labels = yield* stepsWithin(0, LINKS_SHARE, this.links.finish());
    const onSound = begin?.();
    const stream = new LabelStream(labels);
    let count = 0;
    for (let id = 0; id < sound.range; id++) {
      if (id % TURN_TRIANGLES === 0) yield LINKS_SHARE + ((1 - LINKS_SHARE) * id) / sound.range;
      if (!sound.has(id)) continue;
      const first = stream.read(id);
      onSound?.(id, first);
      if (first === id) count++;
      else sound.delete(id);
      if (flaws.has(id)) sound.delete(first);
    }
    sound.seal();
    return { labels, closed: sound, count };
  }
}
