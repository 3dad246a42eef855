/** The samples of a picture, each with the nearest triangle so far: a z-buffer. */

/** Samples along each side of a pixel. */
export const SAMPLES = 2;
/** Bytes for each pixel: four samples of depth and color, and twice the pixel itself, as an image and in its file. */
export const PIXEL_BYTES = SAMPLES * SAMPLES * 7 + 8;

/** Red, green and blue from 0 to 255. */
export type Color = readonly [number, number, number];

export class Frame {
  /** The inverse of the distance to the camera, 0 where there is no triangle. */
  private readonly nearness: Float32Array;
  private readonly colors: Uint8ClampedArray;
  /** Samples along the sides of the picture. */
  private readonly columns: number;
  private readonly rows: number;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.columns = SAMPLES * width;
    this.rows = SAMPLES * height;
    this.nearness = new Float32Array(this.columns * this.rows);
    this.colors = new Uint8ClampedArray(3 * this.columns * this.rows);
  }

  /**
   * Draws a triangle over what is farther away. `corners` has x, y in samples and the inverse of the distance of each corner;
   * `colors` has red, green and blue of each corner from 0 to 255, which are mixed in between.
   */
  draw(corners: Float64Array, colors: Float64Array): void {
    const [ax, ay, az] = [corners[0]!, corners[1]!, corners[2]!];
    const [bx, by, bz] = [corners[3]!, corners[4]!, corners[5]!];
    const [cx, cy, cz] = [corners[6]!, corners[7]!, corners[8]!];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (area === 0) return;
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const right = Math.min(this.columns - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const bottom = Math.min(this.rows - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    if (left > right || top > bottom) return;

    // The shares of the corners b and c at a sample are linear in its place, and so is the nearness.
    const bStep = (cy - ay) / area;
    const cStep = (ay - by) / area;
    const isPlain = hasOneColor(colors);
    for (let row = top; row <= bottom; row++) {
      const y = row + 0.5 - ay;
      const bBegin = ((0.5 - ax) * (cy - ay) - (cx - ax) * y) / area;
      const cBegin = ((bx - ax) * y - (0.5 - ax) * (by - ay)) / area;
      // Samples with all shares at least 0; those on an edge belong to both sides of it.
      let first = left;
      let last = right;
      const limit = (begin: number, step: number) => {
        if (step > 0) first = Math.max(first, Math.ceil((-EDGE - begin) / step));
        else if (step < 0) last = Math.min(last, Math.floor((-EDGE - begin) / step));
        else if (begin < -EDGE) last = -1;
      };
      limit(bBegin, bStep);
      limit(cBegin, cStep);
      limit(1 - bBegin - cBegin, -bStep - cStep);
      for (let column = first; column <= last; column++) {
        const b = bBegin + bStep * column;
        const c = cBegin + cStep * column;
        const nearness = az + b * (bz - az) + c * (cz - az);
        const at = row * this.columns + column;
        if (!(nearness > this.nearness[at]!)) continue;
        this.nearness[at] = nearness;
        for (let d = 0; d < 3; d++) {
          const value = colors[d]!;
          this.colors[3 * at + d] = isPlain
            ? value
            : value + b * (colors[3 + d]! - value) + c * (colors[6 + d]! - value);
        }
      }
    }
  }

  /**
   * Returns the pixels in rows from the top: red, green and blue on a background, or with alpha if there is none. A pixel is
   * the mean of its samples.
   */
  pixels(background: Color | undefined): Uint8Array {
    const { width, height, columns, nearness, colors } = this;
    const channels = background === undefined ? 4 : 3;
    const pixels = new Uint8Array(channels * width * height);
    const samples = SAMPLES * SAMPLES;
    const sum = [0, 0, 0];
    for (let pixel = 0, at = 0; pixel < width * height; pixel++, at += channels) {
      const corner = SAMPLES * (Math.floor(pixel / width) * columns + (pixel % width));
      let covered = 0;
      sum.fill(0);
      for (let sample = 0; sample < samples; sample++) {
        const place = corner + Math.floor(sample / SAMPLES) * columns + (sample % SAMPLES);
        if (nearness[place] === 0) continue;
        covered++;
        for (let d = 0; d < 3; d++) sum[d]! += colors[3 * place + d]!;
      }
      for (let d = 0; d < 3; d++) {
        if (background !== undefined) {
          pixels[at + d] = Math.round((sum[d]! + (samples - covered) * background[d]!) / samples);
        } else if (covered > 0) {
          pixels[at + d] = Math.round(sum[d]! / covered);
        }
      }
      if (background === undefined) pixels[at + 3] = Math.round((255 * covered) / samples);
    }
    return pixels;
  }
}

/** Rounding of shares must not leave a gap between two triangles of an edge. */
const EDGE = 1e-9;

function hasOneColor(colors: Float64Array): boolean {
  for (let d = 0; d < 3; d++) {
    if (colors[d] !== colors[3 + d] || colors[d] !== colors[6 + d]) return false;
  }
  return true;
}
