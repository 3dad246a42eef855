/** The loaded tiles as objects of the scene. The ones that were drawn least recently go if they take too much memory. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  Points,
  type ShaderMaterial,
} from 'three';
import { createMaterial, createPointMaterial, type SharedUniforms } from './material.js';
import { bytesOf, edgesOf, type TileGeometry } from './tile-geometry.js';
import { placePoints, spreadMarks } from './tile-marks.js';

interface StoredTile {
  readonly id: number;
  readonly tile: TileGeometry;
  readonly group: Group;
  readonly mesh: Mesh;
  readonly material: ShaderMaterial;
  edges: LineSegments | undefined;
  /** The key of its values, if it has some. */
  values: string | undefined;
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
      values: undefined,
      set: undefined,
      marks: undefined,
      markPoints: undefined,
      isReady: this.set === undefined,
      bytes,
      drawn: this.frame,
    });
    this.bytes += bytes;
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

  /** Lists the tiles among these that lack the values of this key. */
  withoutValues(ids: readonly number[], key: string): number[] {
    return ids.filter((id) => this.tiles.get(id)?.values !== key);
  }

  /** Gives values to a tile, in the order of {@link spreadValues}. */
  setValues(id: number, key: string, values: Float32Array): void {
    const stored = this.tiles.get(id);
    if (stored === undefined) return;
    if (stored.values === undefined) {
      stored.bytes += values.byteLength;
      this.bytes += values.byteLength;
    }
    stored.values = key;
    for (const object of stored.group.children) {
      const { geometry } = object as Mesh;
      // Another size of the same attribute would need a new one anyway.
      if (object !== stored.edges) geometry.setAttribute('value', new BufferAttribute(values, 1));
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
