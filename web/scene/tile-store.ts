/** The loaded tiles as objects of the scene. The ones that were drawn least recently go if they take too much memory. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  type Plane,
  Points,
  type ShaderMaterial,
} from 'three';
import { createMaterial, createPointMaterial, type SharedUniforms } from './material.js';
import { bytesOf, edgesOf, type TileGeometry } from './tile-geometry.js';
import { placePoints, spreadMarks } from './tile-marks.js';
import { TileSeams } from './tile-seams.js';

/** An attribute of the shader that is loaded apart from the tile: a value to color by, or a packed normal. */
export type TileAttribute = 'value' | 'packedNormal';

interface StoredTile {
  readonly id: number;
  readonly tile: TileGeometry;
  readonly group: Group;
  readonly mesh: Mesh;
  readonly material: ShaderMaterial;
  edges: LineSegments | undefined;
  /** The coarser tiles at its seams, and its positions there if they differ. */
  seam: string;
  placed: Float32Array | undefined;
  /** The keys of its attributes, for those that it has. */
  readonly values: Map<TileAttribute, string>;
  /** The set whose members are marked; undefined if all triangles are kept. */
  set: string | undefined;
  marks: Uint8Array | undefined;
  markPoints: Points | undefined;
  /** Whether it may be drawn with the marks that it has, until those of the present set are there. */
  isReady: boolean;
  bytes: number;
  /** The number of the frame in which it was drawn last. */
  drawn: number;
}

/** Steps of a hue that is different for each next node. */
const GOLDEN_ANGLE = 0.381966;

export class TileStore {
  readonly root = new Group();
  bytes = 0;
  triangles = 0;
  private readonly tiles = new Map<number, StoredTile>();
  private readonly seams = new TileSeams();
  /** The tiles between which no cracks are left. */
  private closed = '';
  private readonly edgeMaterial = new LineBasicMaterial({ transparent: true, opacity: 0.35 });
  private readonly pointMaterial: ShaderMaterial;
  private frame = 0;
  private set: string | undefined;

  constructor(
    private readonly shared: SharedUniforms,
    private readonly bytesMax: number,
  ) {
    this.root.matrixAutoUpdate = false;
    this.pointMaterial = createPointMaterial(shared);
  }

  has(id: number): boolean {
    return this.tiles.has(id);
  }

  /** Whether a tile is loaded and can be drawn: it knows which triangles are kept. */
  isReady(id: number): boolean {
    return this.tiles.get(id)?.isReady ?? false;
  }

  /** Whether a tile is loaded but does not show the present set yet. */
  needsMarks(id: number): boolean {
    const stored = this.tiles.get(id);
    return stored !== undefined && stored.set !== this.set;
  }

  /** Sets which set of triangles is kept (undefined: all). What is drawn stays until its marks are there. */
  keep(set: string | undefined): void {
    this.set = set;
    for (const stored of this.tiles.values()) {
      if (set === undefined) this.setMarks(stored, undefined);
      else stored.isReady = stored.set === set || stored.group.visible;
    }
  }

  /** Takes the classes of a tile for a set. */
  mark(id: number, set: string, classes: Uint8Array): void {
    const stored = this.tiles.get(id);
    if (stored !== undefined && set === this.set) this.setMarks(stored, classes);
  }

  get(id: number): TileGeometry | undefined {
    return this.tiles.get(id)?.tile;
  }

  add(id: number, tile: TileGeometry): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(tile.positions, 4));
    geometry.setIndex(new BufferAttribute(tile.index, 1));
    const material = createMaterial(this.shared, new Color().setHSL((id * GOLDEN_ANGLE) % 1, 0.5, 0.6));
    const mesh = new Mesh(geometry, material);
    const group = new Group();
    group.position.set(...tile.origin);
    group.scale.setScalar(tile.scale);
    group.add(mesh);
    if (tile.points.length > 0) {
      const points = new BufferGeometry();
      points.setAttribute('position', geometry.getAttribute('position'));
      points.setIndex(new BufferAttribute(tile.points, 1));
      group.add(new Points(points, material));
    }
    // The tree has decided what is visible.
    for (const object of group.children) object.frustumCulled = false;
    group.visible = false;
    this.root.add(group);
    const bytes = bytesOf(tile);
    this.tiles.set(id, {
      id,
      tile,
      group,
      mesh,
      material,
      edges: undefined,
      seam: '',
      placed: undefined,
      values: new Map(),
      set: undefined,
      marks: undefined,
      markPoints: undefined,
      isReady: this.set === undefined,
      bytes,
      drawn: this.frame,
    });
    this.bytes += bytes;
  }

  /** Cuts edges at planes; the material of tiles has a uniform for that. */
  set edgePlanes(planes: Plane[]) {
    this.edgeMaterial.clippingPlanes = planes;
  }

  /** Makes these tiles visible, and no others. */
  show(ids: readonly number[], showsEdges: boolean, edgeColor: Color): void {
    this.frame++;
    this.triangles = 0;
    this.edgeMaterial.color.copy(edgeColor);
    for (const stored of this.tiles.values()) stored.group.visible = false;
    for (const id of ids) {
      const stored = this.tiles.get(id)!;
      stored.group.visible = true;
      stored.drawn = this.frame;
      this.triangles += stored.tile.triangles;
      if (showsEdges && stored.edges === undefined) this.addEdges(stored);
      if (stored.edges !== undefined) stored.edges.visible = showsEdges;
    }
    this.removeOld();
  }

  /** Lists the tiles among these that lack the values of this key for an attribute. */
  withoutValues(ids: readonly number[], attribute: TileAttribute, key: string): number[] {
    return ids.filter((id) => this.tiles.get(id)?.values.get(attribute) !== key);
  }

  /** Gives values of an attribute to a tile, in the order of {@link spreadValues}. */
  setValues(id: number, attribute: TileAttribute, key: string, values: Float32Array): void {
    const stored = this.tiles.get(id);
    if (stored === undefined) return;
    if (!stored.values.has(attribute)) this.account(stored, values.byteLength);
    stored.values.set(attribute, key);
    for (const object of stored.group.children) {
      const { geometry } = object as Mesh;
      // Another size of the same attribute would need a new one anyway.
      if (object !== stored.edges) geometry.setAttribute(attribute, new BufferAttribute(values, 1));
    }
  }

  /**
   * Draws each tile where the coarser ones around it have its vertices; `boxes` has six numbers for each node. Returns false
   * if the time was too short for all of them.
   */
  closeSeams(ids: readonly number[], boxes: ArrayLike<number>, milliseconds: number): boolean {
    const drawn = ids.join(' ');
    if (drawn === this.closed) return true;
    const end = performance.now() + milliseconds;
    const tiles = ids.map((id) => ({
      id,
      tile: this.tiles.get(id)!.tile,
      box: Array.from({ length: 6 }, (_, k) => boxes[6 * id + k]!),
    }));
    for (const [id, coarser] of this.seams.meet(tiles)) {
      const stored = this.tiles.get(id)!;
      const seam = coarser.map((other) => other.id).join(' ');
      if (seam === stored.seam) continue;
      if (performance.now() > end) return false;
      stored.seam = seam;
      this.setPlaces(stored, this.seams.place(stored.tile, coarser));
    }
    this.closed = drawn;
    return true;
  }

  private setPlaces(stored: StoredTile, placed: Float32Array | undefined): void {
    if (placed === undefined && stored.placed === undefined) return;
    const difference = (placed?.byteLength ?? 0) - (stored.placed?.byteLength ?? 0);
    stored.bytes += difference;
    this.bytes += difference;
    stored.placed = placed;
    // Frees the buffer of the former positions; those of other attributes are sent again.
    stored.mesh.geometry.dispose();
    const attribute = new BufferAttribute(placed ?? stored.tile.positions, 4);
    for (const object of stored.group.children) {
      (object as Mesh).geometry.setAttribute('position', attribute);
    }
  }

  clear(): void {
    for (const stored of [...this.tiles.values()]) this.remove(stored);
  }

  private setMarks(stored: StoredTile, classes: Uint8Array | undefined): void {
    const { tile, group, material } = stored;
    const former = (stored.marks?.byteLength ?? 0) + (stored.edges?.geometry.index?.array.byteLength ?? 0);
    stored.set = this.set;
    stored.isReady = true;
    this.takeAway(stored, stored.markPoints);
    // Edges are those of kept triangles.
    this.takeAway(stored, stored.edges);
    stored.edges = undefined;
    stored.markPoints = undefined;
    stored.marks = classes === undefined ? undefined : spreadMarks(tile, classes);
    this.account(stored, (stored.marks?.byteLength ?? 0) - former);
    material.uniforms.isMarked!.value = stored.marks !== undefined;
    if (stored.marks === undefined) return;
    const attribute = new BufferAttribute(stored.marks, 1, true);
    for (const object of group.children) (object as Mesh).geometry.setAttribute('mark', attribute);
    const { positions, reach } = placePoints(tile, stored.marks);
    if (reach.length === 0) return;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(positions, 3));
    geometry.setAttribute('reach', new BufferAttribute(reach, 1));
    stored.markPoints = new Points(geometry, this.pointMaterial);
    stored.markPoints.frustumCulled = false;
    group.add(stored.markPoints);
  }

  private account(stored: StoredTile, bytes: number): void {
    stored.bytes += bytes;
    this.bytes += bytes;
  }

  private takeAway(stored: StoredTile, object: LineSegments | Points | undefined): void {
    if (object === undefined) return;
    stored.group.remove(object);
    object.geometry.dispose();
  }

  private addEdges(stored: StoredTile): void {
    const edges = edgesOf(stored.tile, stored.marks);
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', stored.mesh.geometry.getAttribute('position'));
    geometry.setIndex(new BufferAttribute(edges, 1));
    stored.edges = new LineSegments(geometry, this.edgeMaterial);
    stored.edges.frustumCulled = false;
    stored.group.add(stored.edges);
    this.account(stored, edges.byteLength);
  }

  private removeOld(): void {
    if (this.bytes <= this.bytesMax) return;
    const old = [...this.tiles.values()].filter(({ drawn }) => drawn < this.frame);
    old.sort((a, b) => a.drawn - b.drawn);
    for (const stored of old) {
      this.remove(stored);
      if (this.bytes <= 0.9 * this.bytesMax) return;
    }
  }

  private remove(stored: StoredTile): void {
    this.tiles.delete(stored.id);
    this.root.remove(stored.group);
    this.bytes -= stored.bytes;
    for (const object of stored.group.children) (object as Mesh).geometry.dispose();
    stored.material.dispose();
  }
}
