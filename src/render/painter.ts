/** Paints triangles into a frame: projects their corners and shades them by their direction. */
import type { CornerBatch } from '../mesh.js';
import type { Camera } from './camera.js';
import { type Color, type Frame, SAMPLES } from './frame.js';

/** Colors of triangles without one: of their front side, from which corners are counterclockwise, and of their back. */
const FRONT: Color = [172, 186, 204];
const BACK: Color = [205, 140, 96];

/** Light from the upper left in front of the picture, and from the camera; their shares and that of light from everywhere. */
const LAMP = [-0.4, 0.6, 0.69] as const;
const SHARES = { ambient: 0.26, lamp: 0.54, camera: 0.28 } as const;

export class Painter {
  private readonly corners = new Float64Array(9);
  private readonly colors = new Float64Array(9);

  constructor(
    private readonly camera: Camera,
    private readonly frame: Frame,
  ) {}

  /** Paints all triangles of a batch, with their own colors or those of their corners, if any. */
  paint({ count, positions, colors, vertexColors }: CornerBatch): void {
    const { right, up, back, place, focal, width, height } = this.camera;
    const { corners } = this;
    const scale = SAMPLES * focal;
    const x0 = (SAMPLES * width) / 2;
    const y0 = (SAMPLES * height) / 2;
    for (let k = 0; k < count; k++) {
      for (let corner = 0; corner < 9; corner += 3) {
        const x = positions[9 * k + corner]!;
        const y = positions[9 * k + corner + 1]!;
        const z = positions[9 * k + corner + 2]!;
        const nearness = 1 / (place[2] - (x * back[0] + y * back[1] + z * back[2]));
        corners[corner] = x0 + (x * right[0] + y * right[1] + z * right[2] - place[0]) * nearness * scale;
        corners[corner + 1] = y0 - (x * up[0] + y * up[1] + z * up[2] - place[1]) * nearness * scale;
        corners[corner + 2] = nearness;
      }
      const light = this.light(positions, 9 * k);
      this.choose(k, light, colors, vertexColors);
      this.frame.draw(corners, this.colors);
    }
  }

  /** Returns the light on the visible side of a triangle, from 0 to a little above 1. */
  private light(positions: Float64Array, at: number): number {
    const { right, up, back } = this.camera;
    const ux = positions[at + 3]! - positions[at]!;
    const uy = positions[at + 4]! - positions[at + 1]!;
    const uz = positions[at + 5]! - positions[at + 2]!;
    const vx = positions[at + 6]! - positions[at]!;
    const vy = positions[at + 7]! - positions[at + 1]!;
    const vz = positions[at + 8]! - positions[at + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(length > 0)) return SHARES.ambient;
    const toCamera = (nx * back[0] + ny * back[1] + nz * back[2]) / length;
    const toRight = (nx * right[0] + ny * right[1] + nz * right[2]) / length;
    const toUp = (nx * up[0] + ny * up[1] + nz * up[2]) / length;
    const side = this.isFront() ? 1 : -1;
    const lamp = side * (LAMP[0] * toRight + LAMP[1] * toUp + LAMP[2] * toCamera);
    return SHARES.ambient + SHARES.lamp * Math.max(0, lamp) + SHARES.camera * Math.max(0, side * toCamera);
  }

  /** Whether the front side of the projected triangle is seen: y points down in the picture. */
  private isFront(): boolean {
    const c = this.corners;
    return (c[3]! - c[0]!) * (c[7]! - c[1]!) < (c[6]! - c[0]!) * (c[4]! - c[1]!);
  }

  /** Sets the colors of the corners of triangle `k`, times the light: its own color, else those of its corners. */
  private choose(
    k: number,
    light: number,
    colors: Float64Array | undefined,
    vertexColors: Float64Array | undefined,
  ): void {
    const plain = this.isFront() ? FRONT : BACK;
    const isOwn = colors !== undefined && !Number.isNaN(colors[4 * k]!);
    for (let corner = 0; corner < 3; corner++) {
      const at = 12 * k + 4 * corner;
      const isColored = vertexColors !== undefined && !Number.isNaN(vertexColors[at]!);
      for (let d = 0; d < 3; d++) {
        const own = isOwn ? 255 * colors[4 * k + d]! : isColored ? 255 * vertexColors[at + d]! : plain[d]!;
        this.colors[3 * corner + d] = light * own;
      }
    }
  }
}
