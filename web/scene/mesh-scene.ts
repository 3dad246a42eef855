/**
 * The picture: draws the tiles that the view needs, and loads those that it lacks. It draws only if something has changed.
 * Scene units: the longest side of the mesh is 1, and its center is the origin.
 */

import {
  Plane as ClippingPlane,
  Color,
  ColorManagement,
  LinearSRGBColorSpace,
  MathUtils,
  Matrix4,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three';
import { decodeTile } from '../../src/tiles/tile-codec.js';
import type { CoarseAnswer, MeshAnswer } from '../../src/view/wire/messages.js';
import { createNodeTable, type NodeTable } from '../../src/view/wire/node-table.js';
import { CameraRig, FIELD_OF_VIEW, type Pose, type UpAxis } from './camera-rig.js';
import { ContourLines } from './contour-lines.js';
import { MarkLayer } from './mark-layer.js';
import { MarkLoader } from './mark-loader.js';
import { COLOR_MODES, type ColorMode, createUniforms } from './material.js';
import { layOut, type TileGeometry } from './tile-geometry.js';
import { TileLoader } from './tile-loader.js';
import { type TileAttribute, TileStore } from './tile-store.js';
import { type Plane, TileTree, type Viewpoint } from './tile-tree.js';
import { spreadNormals, spreadValues, ValueLoader, type ValueSource } from './tile-values.js';

/** How the mesh is drawn. */
export interface Look {
  readonly color: ColorMode;
  readonly isLit: boolean;
  readonly showsEdges: boolean;
}

/** What the picture consists of, for the status bar. */
export interface SceneStatus {
  readonly triangles: number;
  readonly tiles: number;
  readonly receivedBytes: number;
  readonly heldBytes: number;
  /** Whether all is drawn as fine as the screen shows. */
  readonly isSettled: boolean;
}

export interface SceneOptions {
  readonly fetchTile: (id: number, signal: AbortSignal) => Promise<ArrayBuffer>;
  /** Fetches which triangles of a tile are in a set. */
  readonly fetchMarks: (id: number, set: string, signal: AbortSignal) => Promise<ArrayBuffer>;
  readonly onStatus: (status: SceneStatus) => void;
  /** Called after the camera has moved, while it moves and at the end. */
  readonly onCamera: (pose: Pose) => void;
  readonly onError: (error: unknown) => void;
  /** Called when the graphics card loses the picture, and when that can be drawn again. */
  readonly onLoss: (isLost: boolean) => void;
}

/** A plane of the scene: what is above it, `normal x point > offset`, is cut away. The normal has length 1. */
export interface ScenePlane {
  readonly normal: readonly [x: number, y: number, z: number];
  readonly offset: number;
}

/** The largest error of a picture at rest, in pixels: most errors are a third of it. */
const ERROR_PIXELS = 3;
/** The time that a frame may take while something moves, in milliseconds, and bounds of the error that allows it. */
const FRAME_MS = 60;
const ERROR_PIXELS_MAX = 24;
/** A number that graphics cards have, and twice of it. */
const SINGLE_MAX = 1e38;
/**
 * The time in a frame to close cracks between tiles, in milliseconds, while something moves and at rest; what is left waits
 * for the next frame. A frame may take a second, so at rest few must show cracks.
 */
const SEAMS_MS = 8;
const SEAMS_REST_MS = 100;
/** The camera is at rest after this time, in milliseconds. */
const REST_MS = 150;
/** The most triangles of a picture, and the most bytes of tiles. */
const TRIANGLES_MAX = 4_000_000;
const BYTES_MAX = 384 * 2 ** 20;

interface ShownTiles {
  readonly tree: TileTree;
  readonly loader: TileLoader;
  readonly marks: MarkLoader;
  readonly store: TileStore;
  /** The lattice point at the origin of the scene, and lattice steps of a scene unit. */
  readonly center: readonly [x: number, y: number, z: number];
  readonly unit: number;
  /** Whether it is a single tile of a mesh that is being prepared. */
  readonly isCoarse: boolean;
}

export class MeshScene {
  readonly rig: CameraRig;
  /** What is drawn over the mesh. */
  readonly marks = new MarkLayer(() => this.invalidate());
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly uniforms = createUniforms();
  private readonly edgeColor = new Color();
  private readonly contour = new ContourLines(this.scene);
  private section: ScenePlane | undefined;
  private tiles: ShownTiles | undefined;
  /** A coarse mesh that stays until there is something to draw instead. */
  private former: TileStore | undefined;
  private values: ValueLoader | undefined;
  private normals: ValueLoader | undefined;
  private look: Look = { color: 'plain', isLit: true, showsEdges: false };
  private frame: number | undefined;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private isMoving = false;
  private isLost = false;
  private movingErrorPixels = ERROR_PIXELS;
  private restErrorPixels = ERROR_PIXELS;
  private height = 1;
  private readonly observer: ResizeObserver;

  /** Throws Error if the browser has no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly options: SceneOptions,
  ) {
    // Colors of data are shown as they are.
    ColorManagement.enabled = false;
    this.renderer = new WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: false });
    this.renderer.outputColorSpace = LinearSRGBColorSpace;
    this.scene.add(this.marks.root);
    this.renderer.localClippingEnabled = true;
    this.rig = new CameraRig(canvas, () => this.move());
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas.parentElement!);
    canvas.addEventListener('webglcontextlost', () => this.lose());
    canvas.addEventListener('webglcontextrestored', () => this.restore());
    this.resize();
  }

  /** Shows a mesh that is being prepared: one tile. A later one, or the mesh itself, replaces it. */
  setCoarse(coarse: CoarseAnswer, bytes: Uint8Array, pose: Pose | undefined): void {
    const tile = layOut(decodeTile(bytes));
    this.setMesh(coarse, nodesOf(coarse), pose, true);
    this.tiles!.store.add(0, tile);
    this.removeFormer();
  }

  /** Shows a mesh from its first direction, or from `pose`, and forgets the former one. */
  setMesh(
    mesh: Pick<MeshAnswer, 'version'>,
    nodes: NodeTable,
    pose: Pose | undefined,
    isCoarse = false,
  ): void {
    this.removeFormer();
    if (this.tiles?.isCoarse) this.former = this.tiles.store;
    this.removeTiles();
    const tree = new TileTree(nodes);
    const { boxes } = nodes;
    const [x0, y0, z0, x1, y1, z1] = boxes.subarray(0, 6) as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const unit = Math.max(x1 - x0, y1 - y0, z1 - z0) || 1;
    const center = [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2] as const;
    const store = new TileStore(this.uniforms, BYTES_MAX);
    // From lattice steps to the scene.
    store.root.matrix.makeScale(1 / unit, 1 / unit, 1 / unit);
    store.root.matrix.multiply(new Matrix4().makeTranslation(-center[0], -center[1], -center[2]));
    const half = [(x1 - x0) / 2 / unit, (y1 - y0) / 2 / unit, (z1 - z0) / 2 / unit] as const;
    this.uniforms.least.value.set(-half[0], -half[1], -half[2]);
    this.uniforms.greatest.value.set(...half);
    this.scene.add(store.root);
    const loader = new TileLoader({
      fetchTile: this.options.fetchTile,
      isLoaded: (id) => store.has(id),
      onLoad: (id, tile) => {
        store.add(id, tile);
        this.invalidate();
      },
      onError: this.options.onError,
    });
    const marks = new MarkLoader({
      fetchMarks: this.options.fetchMarks,
      onLoad: (id, set, classes) => {
        store.mark(id, set, classes);
        this.invalidate();
      },
      onError: this.options.onError,
    });
    this.tiles = { tree, loader, marks, store, center, unit, isCoarse };
    this.setSection(this.section);
    this.rig.setExtent(half);
    if (pose === undefined) this.rig.fit('first');
    else this.rig.pose = pose;
    this.canvas.dataset.mesh = isCoarse ? 'coarse' : mesh.version;
    this.invalidate();
  }

  setLook(look: Look): void {
    this.look = look;
    this.uniforms.mode.value = COLOR_MODES[look.color];
    this.uniforms.isLit.value = look.isLit;
    this.invalidate();
  }

  /** Colors by values: places on the scale, or packed colors; undefined ends it. */
  setValues(source: ValueSource | undefined, isPacked = false): void {
    this.values?.close();
    this.values = source && this.createLoader(source, 'value', spreadValues);
    this.uniforms.isPacked.value = isPacked;
    this.invalidate();
  }

  /** Shades by the normals of the source, or no longer. */
  setNormals(source: ValueSource | undefined): void {
    this.normals?.close();
    this.normals = source && this.createLoader(source, 'packedNormal', spreadNormals);
    this.uniforms.isSmooth.value = source !== undefined;
    this.invalidate();
  }

  /** Sets the values that get the first and the last color. Those beyond get the color of the end. */
  setScale(ends: readonly [low: number, high: number]): void {
    const [low, high] = ends.map((end) => MathUtils.clamp(end, -SINGLE_MAX, SINGLE_MAX)) as [number, number];
    this.uniforms.scale.value.set(low, high);
    this.invalidate();
  }

  /** Sets which set of triangles is kept (undefined: all). */
  keep(set: string | undefined): void {
    this.tiles?.store.keep(set);
    this.tiles?.marks.use(set);
    this.canvas.dataset.set = set ?? '';
    this.invalidate();
  }

  /** Hides the triangles that are not kept, or dims them. */
  hideRest(hides: boolean): void {
    this.uniforms.hidesRest.value = hides;
    this.invalidate();
  }

  /** Cuts the mesh at a plane, or no longer. */
  setSection(plane: ScenePlane | undefined): void {
    this.section = plane;
    const { normal: [x, y, z] = [0, 0, 0], offset = 1 } = plane ?? {};
    this.uniforms.cut.value.set(x, y, z, offset);
    const clipping = plane && new ClippingPlane(new Vector3(-x, -y, -z), offset);
    if (this.tiles !== undefined) this.tiles.store.edgePlanes = clipping === undefined ? [] : [clipping];
    this.marks.setSection(clipping);
    this.invalidate();
  }

  /** Draws lines on the cut, from point to point of each pair, or none. */
  setContour(segments: Float32Array | undefined): void {
    this.contour.set(segments);
    this.invalidate();
  }

  /** Sets the axis of the mesh that points up, also for colors by height. */
  setUp(up: UpAxis): void {
    this.rig.up = up;
    this.uniforms.upAxis.value = up === 'y' ? 1 : 2;
    this.invalidate();
  }

  /** Takes the colors of the theme from the style sheet. */
  takeTheme(): void {
    const style = getComputedStyle(this.canvas);
    this.uniforms.stage.value.set(style.getPropertyValue('--stage').trim());
    this.renderer.setClearColor(this.uniforms.stage.value);
    this.uniforms.kept.value.set(style.getPropertyValue('--kept').trim());
    this.marks.setHalo(this.uniforms.stage.value);
    this.uniforms.base.value.set(style.getPropertyValue('--surface').trim());
    this.edgeColor.set(style.getPropertyValue('--edge').trim());
    this.contour.color = new Color(style.getPropertyValue('--contour').trim());
    this.invalidate();
  }

  /** Loads again what has failed, after the server was gone. */
  retry(): void {
    this.tiles?.loader.retry();
    this.tiles?.marks.retry();
    this.invalidate();
  }

  /** The size of the picture, in pixels of the page. */
  get size(): readonly [width: number, height: number] {
    return [this.canvas.clientWidth, this.height];
  }

  /** Scene units that a pixel of the page takes where the camera looks. */
  get unitsPerPixel(): number {
    const { distance } = this.rig;
    return (2 * distance * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2))) / this.height;
  }

  /** The element that the picture fills. */
  get element(): HTMLElement {
    return this.canvas.parentElement!;
  }

  /** Draws soon. */
  invalidate(): void {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  /** Draws now and returns the picture as PNG. */
  capture(): Promise<Blob | null> {
    this.draw();
    return new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
  }

  dispose(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.observer.disconnect();
    this.removeTiles();
    this.removeFormer();
    this.contour.dispose();
    this.rig.dispose();
    this.renderer.dispose();
  }

  private removeTiles(): void {
    const { tiles } = this;
    if (tiles === undefined) return;
    tiles.loader.close();
    this.setValues(undefined);
    this.setNormals(undefined);
    tiles.marks.use(undefined);
    this.tiles = undefined;
    if (tiles.store !== this.former) this.removeStore(tiles.store);
  }

  private createLoader(
    source: ValueSource,
    attribute: TileAttribute,
    spread: (tile: TileGeometry, values: Float32Array) => Float32Array,
  ): ValueLoader {
    const onLoad = (id: number, values: Float32Array) => {
      const tile = this.tiles?.store.get(id);
      if (tile !== undefined) this.tiles!.store.setValues(id, attribute, source.key, spread(tile, values));
      this.invalidate();
    };
    return new ValueLoader(source, onLoad, this.options.onError);
  }

  private removeFormer(): void {
    if (this.former !== undefined) this.removeStore(this.former);
    this.former = undefined;
  }

  private removeStore(store: TileStore): void {
    store.clear();
    this.scene.remove(store.root);
  }

  /** The renderer draws nothing meanwhile, and has asked for the picture back. */
  private lose(): void {
    this.isLost = true;
    this.options.onLoss(true);
    this.invalidate();
  }

  /** The renderer sends all again that it draws, but has forgotten the color behind it. */
  private restore(): void {
    this.isLost = false;
    this.takeTheme();
    this.options.onLoss(false);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas.parentElement!;
    this.height = Math.max(1, clientHeight);
    this.uniforms.focalPixels.value =
      (this.height * Math.min(devicePixelRatio, 2)) / (2 * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2)));
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(Math.max(1, clientWidth), this.height);
    this.uniforms.pointPixels.value = 2 * this.renderer.getPixelRatio();
    this.marks.setPixelRatio(this.renderer.getPixelRatio());
    this.rig.resize(clientWidth, clientHeight);
    this.invalidate();
  }

  private move(): void {
    this.isMoving = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.isMoving = false;
      this.options.onCamera(this.rig.pose);
      this.invalidate();
    }, REST_MS);
    this.invalidate();
  }

  private draw(): void {
    const began = performance.now();
    this.frame = undefined;
    this.rig.update();
    const { x, y, z } = this.rig.camera.position;
    const { normal = [0, 0, 0], offset = 0 } = this.section ?? {};
    this.contour.isHidden = normal[0] * x + normal[1] * y + normal[2] * z < offset;
    const { tiles, renderer, look } = this;
    if (tiles !== undefined) {
      const { tree, store, loader, marks } = tiles;
      const choice = tree.select(this.viewpoint(tiles), (id) => store.isReady(id));
      store.show(choice.drawn, look.showsEdges, this.edgeColor);
      if (choice.drawn.length > 0) this.removeFormer();
      const isClosed = store.closeSeams(
        choice.drawn,
        tree.nodes.boxes,
        this.isMoving ? SEAMS_MS : SEAMS_REST_MS,
      );
      if (!isClosed) this.invalidate();
      // While there is nothing to see, the coarsest tile is urgent: it covers the view.
      loader.want(choice.wanted, choice.drawn.length === 0);
      const needed = [...choice.drawn, ...choice.wanted.map(({ id }) => id)];
      const unmarked = needed.filter((id) => store.needsMarks(id));
      marks.want(unmarked);
      this.adapt(store.triangles);
      const { values, normals } = this;
      values?.want(store.withoutValues(choice.drawn, 'value', values.source.key));
      normals?.want(store.withoutValues(choice.drawn, 'packedNormal', normals.source.key));
      renderer.render(this.scene, this.rig.camera);
      const isLoading = [loader, marks, values, normals].some((one) => one?.isBusy) || unmarked.length > 0;
      const isDrawn = choice.isSettled && !tiles.isCoarse;
      const isSettled = isDrawn && isClosed && !this.isMoving && !isLoading && !this.isLost;
      this.canvas.dataset.settled = String(isSettled);
      this.options.onStatus({
        triangles: store.triangles,
        tiles: choice.drawn.length,
        receivedBytes: loader.receivedBytes,
        heldBytes: store.bytes,
        isSettled,
      });
    } else {
      renderer.render(this.scene, this.rig.camera);
    }
    if (this.isMoving) {
      this.options.onCamera(this.rig.pose);
      // Drawing happens beside the script; that the next frame comes late tells how long it takes.
      requestAnimationFrame(() => this.adaptTo(performance.now() - began));
    }
  }

  /** Coarser while something moves if frames take too long, finer if they are quick. */
  private adaptTo(frameMs: number): void {
    const factor = frameMs > FRAME_MS ? 1.25 : frameMs < FRAME_MS / 2 ? 0.9 : 1;
    const next = this.movingErrorPixels * factor;
    this.movingErrorPixels = MathUtils.clamp(next, this.restErrorPixels, ERROR_PIXELS_MAX);
  }

  /** Coarser at rest, too, if the picture has too many triangles. */
  private adapt(triangles: number): void {
    if (this.isMoving) return;
    if (triangles > TRIANGLES_MAX) {
      this.restErrorPixels *= 1.2;
      this.invalidate();
    } else if (triangles < TRIANGLES_MAX / 3) {
      this.restErrorPixels = Math.max(ERROR_PIXELS, this.restErrorPixels * 0.9);
    }
  }

  private viewpoint({ center, unit }: ShownTiles): Viewpoint {
    const { camera } = this.rig;
    const matrix = new Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    // From lattice steps to the scene, and on.
    matrix.multiply(new Matrix4().makeScale(1 / unit, 1 / unit, 1 / unit));
    matrix.multiply(new Matrix4().makeTranslation(-center[0], -center[1], -center[2]));
    const m = matrix.elements;
    const row = (k: number) => [m[k]!, m[4 + k]!, m[8 + k]!, m[12 + k]!] as const;
    const last = row(3);
    const planes = [0, 1].flatMap((k) => {
      const side = row(k);
      return [1, -1].map((sign) => normalize(last.map((value, j) => value + sign * side[j]!)));
    });
    if (this.section !== undefined) {
      const [nx, ny, nz] = this.section.normal;
      const offset = this.section.offset * unit + nx * center[0] + ny * center[1] + nz * center[2];
      planes.push([-nx, -ny, -nz, offset]);
    }
    const { x, y, z } = camera.position;
    const errorPixels = this.isMoving
      ? Math.max(this.movingErrorPixels, this.restErrorPixels)
      : this.restErrorPixels;
    return {
      eye: [x * unit + center[0], y * unit + center[1], z * unit + center[2]],
      planes,
      focalPixels: this.height / (2 * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2))),
      errorPixels,
    };
  }
}

/** The only node of a coarse mesh. */
function nodesOf({ bounds, origin, step }: CoarseAnswer): NodeTable {
  const nodes = createNodeTable(1);
  nodes.parent[0] = -1;
  for (let axis = 0; axis < 3; axis++) {
    nodes.boxes[axis] = (bounds.min[axis]! - origin[axis]!) / step;
    nodes.boxes[3 + axis] = (bounds.max[axis]! - origin[axis]!) / step;
  }
  return nodes;
}

/** Scales a plane so that its normal has length 1. */
function normalize(plane: readonly number[]): Plane {
  const length = Math.hypot(plane[0]!, plane[1]!, plane[2]!);
  return plane.map((value) => value / length) as unknown as Plane;
}
