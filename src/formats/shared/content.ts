/** What an output has besides positions and corners: what is both requested and present, and the warnings about the rest. */
import { FLOAT32_LARGEST } from '../../io/number-text.js';
import type { Precision, Warning } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import type { SelectionFacts, Tally } from '../writer.js';
import { GapFiller } from './output.js';

interface ContentOptions {
  readonly colors?: boolean | undefined;
  readonly normals?: boolean | undefined;
}

export interface Content {
  /** Normals of vertices. */
  readonly hasNormals: boolean;
  /** Colors of vertices. */
  readonly hasColors: boolean;
  readonly hasFaceColors: boolean;
}

type Warn = (warning: Warning) => void;

const OPAQUE_WHITE = [1, 1, 1, 1];
const NO_NORMAL = [0, 0, 0];

/** Determines the content of an output. */
export function contentOf(facts: SelectionFacts, { colors, normals }: ContentOptions): Content {
  return {
    hasNormals: normals === true && facts.hasVertexNormals,
    hasColors: colors === true && facts.hasVertexColors,
    hasFaceColors: colors === true && facts.hasTriangleColors,
  };
}

/** Whether there are only positions and corners. */
export function isBare({ hasNormals, hasColors, hasFaceColors }: Content): boolean {
  return !hasNormals && !hasColors && !hasFaceColors;
}

/** Warns of requested content that the mesh lacks; `id` is that of the writer. */
export function warnOfAbsent(facts: SelectionFacts, options: ContentOptions, id: string, warn: Warn): void {
  if (options.colors && !facts.hasVertexColors && !facts.hasTriangleColors) {
    warn({ kind: `${id}-no-colors`, message: 'the mesh has no colors' });
  }
  if (options.normals && !facts.hasVertexNormals) {
    warn({ kind: `${id}-no-normals`, message: 'the mesh has no normals' });
  }
}

/** Fills the gaps of the content: single vertices and triangles without a color or a normal. Undefined for what is absent. */
export class ContentFillers {
  /** The gaps so far. */
  readonly tally: Tally = {};
  readonly normals: GapFiller | undefined;
  readonly colors: GapFiller | undefined;
  readonly faceColors: GapFiller | undefined;

  /** `precision` is that of the written numbers: a larger one is a gap, too. */
  constructor({ hasNormals, hasColors, hasFaceColors }: Content, precision: Precision) {
    const limit = precision === 'float32' ? FLOAT32_LARGEST : Number.MAX_VALUE;
    const filler = (standIn: readonly number[], name: keyof Tally) =>
      new GapFiller(standIn, limit, this.tally, name);
    this.normals = hasNormals ? filler(NO_NORMAL, 'normals') : undefined;
    this.colors = hasColors ? filler(OPAQUE_WHITE, 'colors') : undefined;
    this.faceColors = hasFaceColors ? filler(OPAQUE_WHITE, 'faceColors') : undefined;
  }

  /** Warns of the gaps that were filled; `id` is that of the writer, `white` the color of its gaps in words. */
  warn({ vertexCount, triangleCount }: SelectionFacts, id: string, warn: Warn, white = 'opaque white'): void {
    const vertices = countOf(vertexCount, 'vertex', 'vertices');
    const triangles = countOf(triangleCount, 'triangle');
    const color = `color and are written ${white}`;
    const tell = (gaps = 0, kind: string, rows: string, what: string) => {
      if (gaps === 0) return;
      warn({ kind: `${id}-${kind}`, message: `${formatCount(gaps)} of ${rows} have no ${what}` });
    };
    const { colors, normals, faceColors } = this.tally;
    tell(colors, 'vertex-colors', vertices, color);
    tell(normals, 'vertex-normals', vertices, 'normal and are written with 0 0 0');
    tell(faceColors, 'face-colors', triangles, color);
  }
}
