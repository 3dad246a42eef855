/** Which pixels a mesh covers, computed from its triangles, to compare with a picture. */
import { PNG } from 'pngjs';
import type { Corners } from './meshes.js';

/** The vertical angle of view of the page, in degrees. */
const FIELD_OF_VIEW = 35;

export interface Camera {
  readonly position: readonly number[];
  readonly target: readonly number[];
}

export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Reads the camera from the fragment of the page's URL. */
export function cameraOf(url: string): Camera {
  const numbers = new URLSearchParams(new URL(url).hash.slice(1)).get('camera')!.split(',').map(Number);
  return { position: numbers.slice(0, 3), target: numbers.slice(3) };
}

/** Returns the place of a point in a picture, in pixels from its left and its top. Up is z. */
export function projectPoint(
  point: readonly number[],
  { position, target }: Camera,
  width: number,
  height: number,
): [x: number, y: number] {
  const forward = unit(minus(target, position));
  const right = unit(cross(forward, [0, 0, 1]));
  const up = cross(right, forward);
  const focal = height / 2 / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
  const offset = minus(point, position);
  const depth = dot(offset, forward);
  return [width / 2 + (focal * dot(offset, right)) / depth, height / 2 - (focal * dot(offset, up)) / depth];
}

/** Projects all triangles and marks the pixels whose centers are in one. Up is z. */
export function project(
  triangles: Iterable<Corners>,
  { position, target }: Camera,
  width: number,
  height: number,
): Mask {
  const forward = unit(minus(target, position));
  const right = unit(cross(forward, [0, 0, 1]));
  const up = cross(right, forward);
  const focal = height / 2 / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
  const pixels = new Uint8Array(width * height);
  for (const corners of triangles) {
    const [a, b, c] = [0, 3, 6].map((at) => {
      const offset = minus(corners.slice(at, at + 3), position);
      const depth = dot(offset, forward);
      return [
        width / 2 + (focal * dot(offset, right)) / depth,
        height / 2 - (focal * dot(offset, up)) / depth,
      ];
    }) as [number[], number[], number[]];
    const area = side(a, b, c);
    const rows = [a[1]!, b[1]!, c[1]!];
    const columns = [a[0]!, b[0]!, c[0]!];
    for (let y = Math.max(0, Math.floor(Math.min(...rows))); y < Math.min(height, Math.max(...rows)); y++) {
      const left = Math.max(0, Math.floor(Math.min(...columns)));
      for (let x = left; x < Math.min(width, Math.max(...columns)); x++) {
        const center = [x + 0.5, y + 0.5];
        const isIn = [side(a, b, center), side(b, c, center), side(c, a, center)].every((s) => s * area >= 0);
        if (isIn) pixels[y * width + x] = 1;
      }
    }
  }
  return { width, height, pixels };
}

/** Marks the pixels of a picture that differ from its first one, the background. */
export function maskOf(png: Buffer): Mask {
  const { width, height, data } = PNG.sync.read(png);
  const pixels = new Uint8Array(width * height);
  for (let k = 0; k < pixels.length; k++) {
    const difference = [0, 1, 2].reduce((sum, c) => sum + Math.abs(data[4 * k + c]! - data[c]!), 0);
    pixels[k] = difference > 6 ? 1 : 0;
  }
  return { width, height, pixels };
}

/** The share of pixels in both masks among those in either, with the second one moved sideways. */
export function overlap(a: Mask, b: Mask, moved = 0): number {
  let both = 0;
  let either = 0;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const inA = a.pixels[y * a.width + x]!;
      const inB = x + moved < b.width ? b.pixels[y * b.width + x + moved]! : 0;
      both += inA & inB;
      either += inA | inB;
    }
  }
  return both / either;
}

const minus = (a: readonly number[], b: readonly number[]) => a.map((value, k) => value - b[k]!);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const cross = (a: readonly number[], b: readonly number[]) => [
  a[1]! * b[2]! - a[2]! * b[1]!,
  a[2]! * b[0]! - a[0]! * b[2]!,
  a[0]! * b[1]! - a[1]! * b[0]!,
];
const unit = (a: readonly number[]) => a.map((value) => value / Math.sqrt(dot(a, a)));

/** Twice the signed area of a triangle on the screen. */
function side(a: readonly number[], b: readonly number[], c: readonly number[]): number {
  return (b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!);
}
