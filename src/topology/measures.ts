/** Measures area and volume of a mesh, triangle by triangle, without losing small summands in large sums. */

/** A sum that also accumulates the rounding errors of its additions (Neumaier 1974). */
class Sum {
  private sum = 0;
  private lost = 0;

  add(value: number): void {
    const sum = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
  }

  get value(): number {
    return this.sum + this.lost;
  }
}

/** A point that volumes are measured from. */
export type Origin = readonly [number, number, number];

/** The figures of {@link Measures}, as plain data. */
export type MeshTotals = Pick<Measures, 'area' | 'volume' | 'volumeFromZero'>;

export class Measures {
  private readonly areas = new Sum();
  /** Six times the volume between the triangles and the origin. */
  private readonly volumes = new Sum();
  /** Twice each triangle's area times its normal; the sum is zero for a closed surface. */
  private readonly normals = [new Sum(), new Sum(), new Sum()] as const;

  /** Volumes are measured from `origin`; near the mesh, this loses the fewest digits. */
  constructor(private readonly origin: Origin) {}

  /** Adds a triangle, given by the nine coordinates of its corners. */
  add(t: Float64Array): void {
    const [ox, oy, oz] = this.origin;
    const [sumX, sumY, sumZ] = this.normals;
    const ax = t[0]!;
    const ay = t[1]!;
    const az = t[2]!;
    const ux = t[3]! - ax;
    const uy = t[4]! - ay;
    const uz = t[5]! - az;
    const vx = t[6]! - ax;
    const vy = t[7]! - ay;
    const vz = t[8]! - az;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    this.areas.add(Math.sqrt(nx * nx + ny * ny + nz * nz));
    this.volumes.add((ax - ox) * nx + (ay - oy) * ny + (az - oz) * nz);
    sumX.add(nx);
    sumY.add(ny);
    sumZ.add(nz);
  }

  /** The area, in squared units of the source. */
  get area(): number {
    return 0.5 * this.areas.value;
  }

  /** The volume inside a closed surface, positive if its triangles face outward. */
  get volume(): number {
    return this.volumes.value / 6;
  }

  /** The volume between an open surface and the point 0 0 0. */
  get volumeFromZero(): number {
    const [ox, oy, oz] = this.origin;
    const [x, y, z] = this.normals;
    return (this.volumes.value + ox * x.value + oy * y.value + oz * z.value) / 6;
  }
}
