/**
 * Tracks faces that refer to vertices not yet defined, which is legal if the vertices follow later.
 *
 * Keeps only faces whose vertex number is larger than all before: one of them is the first face with an undefined vertex.
 * If there are too many, every second one is dropped, and the error may name a slightly later face.
 */

/** The maximum number of faces kept, 16 bytes each. */
export const FORWARD_REFERENCES_MAX = 65_536;

/** A face that refers to a vertex not yet defined. */
interface ForwardReference {
  /** Number of the vertex, from 0. */
  readonly vertex: number;
  /** The line on which the face begins. */
  readonly line: number;
}

/** The state as plain data, by columns. */
export interface SavedReferences {
  readonly largest: number;
  readonly vertices: readonly number[];
  readonly lines: readonly number[];
}

/** Keeps such faces in file order, in arrays that grow up to {@link FORWARD_REFERENCES_MAX}. */
export class ForwardReferences {
  private count = 0;
  private largest = -1;
  private vertices = new Float64Array(16);
  private lines = new Float64Array(16);

  /** Records that the face on `line` refers to `vertex`; `defined` is the number of vertices so far. */
  add(vertex: number, line: number, defined: number): void {
    if (vertex <= this.largest) return;
    if (this.count === this.vertices.length) this.makeRoom(defined);
    this.largest = vertex;
    this.vertices[this.count] = vertex;
    this.lines[this.count++] = line;
  }

  /** Whether a face has referred to `vertex`, or to one after it. */
  mayUse(vertex: number): boolean {
    return vertex <= this.largest;
  }

  /** Returns the faces kept, as plain data. */
  save(): SavedReferences {
    const { count, largest, vertices, lines } = this;
    return { largest, vertices: [...vertices.subarray(0, count)], lines: [...lines.subarray(0, count)] };
  }

  /** Restores a saved state. */
  restore({ largest, vertices, lines }: SavedReferences): void {
    this.count = vertices.length;
    this.largest = largest;
    while (this.vertices.length < this.count) this.grow();
    this.vertices.set(vertices);
    this.lines.set(lines);
  }

  /** Finds the first face kept that refers beyond `defined` vertices. */
  findBeyond(defined: number): ForwardReference | undefined {
    if (this.largest < defined) return undefined;
    const k = this.vertices.subarray(0, this.count).findIndex((vertex) => vertex >= defined);
    return { vertex: this.vertices[k]!, line: this.lines[k]! };
  }

  private makeRoom(defined: number): void {
    this.keep((k) => this.vertices[k]! >= defined);
    if (2 * this.count <= this.vertices.length) return;
    if (this.vertices.length < FORWARD_REFERENCES_MAX) {
      this.grow();
    } else {
      // The last one stays: it may be the only invalid one.
      const last = this.count - 1;
      this.keep((k) => (last - k) % 2 === 0);
    }
  }

  private grow(): void {
    this.vertices = growTwice(this.vertices);
    this.lines = growTwice(this.lines);
  }

  private keep(isKept: (k: number) => boolean): void {
    let kept = 0;
    for (let k = 0; k < this.count; k++) {
      if (!isKept(k)) continue;
      this.vertices[kept] = this.vertices[k]!;
      this.lines[kept++] = this.lines[k]!;
    }
    this.count = kept;
  }
}

function growTwice(values: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(2 * values.length);
  grown.set(values);
  return grown;
}
