/** The divisors of colors, source by source: one writes colors from 0 to 255, another from 0 to 1. */
import type { ColorScales } from '../mesh.js';

/** The scales of a source, and the numbers of its vertices and faces. Plain data. */
export interface SourceScales extends ColorScales {
  readonly vertices: number;
  readonly faces: number;
}

/** Appends the scales of the next source to a list, which stays short if all sources have the same. */
export function addScales(list: SourceScales[], next: SourceScales): void {
  const last = list.at(-1);
  if (last === undefined || last.vertex !== next.vertex || last.face !== next.face) {
    list.push(next);
    return;
  }
  list[list.length - 1] = {
    ...last,
    vertices: last.vertices + next.vertices,
    faces: last.faces + next.faces,
  };
}

/** The scale of each vertex, or of each face, in order. */
export class ScaleSequence {
  private index = -1;
  private left = 0;

  constructor(
    private readonly sources: readonly SourceScales[],
    private readonly kind: 'vertex' | 'face',
  ) {}

  /** Returns the scale of the next element. */
  next(): number {
    while (this.left === 0 && this.index + 1 < this.sources.length) {
      const { vertices, faces } = this.sources[++this.index]!;
      this.left = this.kind === 'vertex' ? vertices : faces;
    }
    this.left--;
    return this.sources[this.index]?.[this.kind] ?? 1;
  }
}
