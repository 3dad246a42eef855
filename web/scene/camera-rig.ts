/** The camera and how it is moved: by mouse and fingers through OrbitControls, by keys, and to standard views. */

import { MathUtils, PerspectiveCamera, Spherical, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';

/** The vertical angle of view, in degrees. */
export const FIELD_OF_VIEW = 35;

export type Point = readonly [x: number, y: number, z: number];

/** Where the camera is and what it looks at, in scene units. */
export interface Pose {
  readonly position: Point;
  readonly target: Point;
}

/** The axis of the mesh that points up. */
export type UpAxis = 'y' | 'z';

/** Directions from the mesh to the camera if z points up: along an axis, and the one of the first picture. */
export const DIRECTIONS = {
  first: [0.6, -1, 0.55],
  front: [0, -1, 0],
  back: [0, 1, 0],
  left: [-1, 0, 0],
  right: [1, 0, 0],
  top: [0, 0, 1],
  bottom: [0, 0, -1],
} as const;
export type Direction = keyof typeof DIRECTIONS;

/** Free space around a mesh that fits the view. */
const MARGIN = 1.08;

export class CameraRig {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.001, 10);
  private controls: OrbitControls;
  private upAxis: UpAxis = 'z';
  /** Half of the box around the mesh; its center is the origin. */
  private half = new Vector3(0.5, 0.5, 0.5);

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onChange: () => void,
  ) {
    this.camera.up.set(0, 0, 1);
    this.controls = this.createControls();
  }

  get up(): UpAxis {
    return this.upAxis;
  }

  /** Turns the camera with the mesh's axes, so that the view from the front stays one. */
  set up(up: UpAxis) {
    if (up === this.upAxis) return;
    const { camera } = this;
    const target = this.controls.target.clone();
    const offset = turn(camera.position.clone().sub(target), this.upAxis, up);
    this.upAxis = up;
    camera.up.copy(turn(new Vector3(0, 0, 1), 'z', up));
    // They take the axis when they are made.
    this.controls.dispose();
    this.controls = this.createControls();
    this.pose = { position: target.clone().add(offset).toArray(), target: target.toArray() };
  }

  /** The distance to what the camera looks at. */
  get distance(): number {
    return this.camera.position.distanceTo(this.controls.target);
  }

  get pose(): Pose {
    const { position } = this.camera;
    const { target } = this.controls;
    return { position: [position.x, position.y, position.z], target: [target.x, target.y, target.z] };
  }

  set pose({ position, target }: Pose) {
    this.camera.position.set(...position);
    this.controls.target.set(...target);
    this.controls.update();
  }

  resize(width: number, height: number): void {
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
  }

  /** Sets the box that {@link fit} shows; its center is the origin. */
  setExtent(half: readonly [x: number, y: number, z: number]): void {
    this.half.set(...half);
  }

  /** Advances a movement that is fading out. */
  update(): void {
    this.controls.update();
    const { camera, half } = this;
    const radius = Math.max(half.length(), 1e-6) * 1.01;
    const toCenter = camera.position.length();
    camera.near = Math.max(toCenter - radius, this.distance / 200);
    camera.far = Math.max(toCenter + radius, 2 * camera.near);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }

  /** Shows the complete mesh from a direction, or from the present one. */
  fit(direction?: Direction): void {
    this.fitBox([0, 0, 0], [this.half.x, this.half.y, this.half.z], direction);
  }

  /** Shows a box, given by its center and half of its sides, from a direction, or from the present one. */
  fitBox(
    center: readonly [x: number, y: number, z: number],
    sides: readonly [x: number, y: number, z: number],
    direction?: Direction,
  ): void {
    const { camera, controls } = this;
    const half = new Vector3(...sides);
    const towards =
      direction === undefined
        ? camera.position.clone().sub(controls.target).normalize()
        : this.directionOf(direction);
    if (towards.lengthSq() === 0) towards.copy(this.directionOf('first'));
    // Exactly along the axis, no direction on the screen is up.
    if (Math.abs(towards.dot(camera.up)) > 0.9999) {
      towards.addScaledVector(this.directionOf('front'), 0.001).normalize();
    }
    const right = new Vector3().crossVectors(camera.up, towards).normalize();
    const up = new Vector3().crossVectors(towards, right);
    const tangent = Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2)) / MARGIN;
    let distance = 0;
    for (let k = 0; k < 8; k++) {
      const corner = half.clone();
      corner.multiply(new Vector3(k & 1 ? 1 : -1, k & 2 ? 1 : -1, k & 4 ? 1 : -1));
      const near = corner.dot(towards);
      distance = Math.max(
        distance,
        near + Math.abs(corner.dot(right)) / (tangent * camera.aspect),
        near + Math.abs(corner.dot(up)) / tangent,
      );
    }
    controls.target.set(...center);
    camera.position.copy(towards.multiplyScalar(Math.max(distance, 1e-5))).add(controls.target);
    controls.update();
  }

  /** Turns around what the camera looks at, by angles in degrees. */
  orbit(right: number, up: number): void {
    const { camera, controls } = this;
    const offset = camera.position.clone().sub(controls.target);
    // Spherical coordinates of three have y up.
    const around = new Spherical().setFromVector3(turn(offset, this.upAxis, 'y'));
    around.theta += MathUtils.degToRad(right);
    around.phi = MathUtils.clamp(around.phi - MathUtils.degToRad(up), 0.001, Math.PI - 0.001);
    offset.setFromSpherical(around);
    camera.position.copy(controls.target).add(turn(offset, 'y', this.upAxis));
    controls.update();
  }

  /** Moves sideways, by parts of the height of the view. */
  pan(right: number, up: number): void {
    const { camera, controls } = this;
    const height = 2 * this.distance * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2));
    const move = new Vector3(right * height, up * height, 0).applyQuaternion(camera.quaternion);
    camera.position.add(move);
    controls.target.add(move);
    controls.update();
  }

  /** Changes the distance by a factor. */
  zoom(factor: number): void {
    const { camera, controls } = this;
    const offset = camera.position.clone().sub(controls.target).multiplyScalar(factor);
    camera.position.copy(controls.target).add(offset);
    controls.update();
  }

  /**
   * Looks at a place so that a sphere around it fills about a third of the view: from the present direction, or from
   * `facing` if that is turned away.
   */
  lookAt(place: Point, radius: number, facing?: Point): void {
    const { camera, controls } = this;
    const towards = camera.position.clone().sub(controls.target).normalize();
    const wanted = new Vector3(...(facing ?? [0, 0, 0]));
    // Between both directions, edges of the surface are seen better than from straight above.
    if (wanted.lengthSq() > 0 && wanted.dot(towards) < 0.5)
      towards.multiplyScalar(0.4).add(wanted).normalize();
    if (Math.abs(towards.dot(camera.up)) > 0.9999)
      towards.addScaledVector(this.directionOf('front'), 0.001).normalize();
    const distance = (3 * radius) / Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2));
    controls.target.set(...place);
    camera.position.copy(controls.target).addScaledVector(towards, MathUtils.clamp(distance, 1e-5, 20));
    controls.update();
  }

  /** The ray through a place of the picture: from -1 on the left and at the bottom to 1 on the right and at the top. */
  rayAt(right: number, up: number): { readonly origin: Point; readonly direction: Point } {
    const { camera } = this;
    camera.updateMatrixWorld();
    const { x, y, z } = camera.position;
    const through = new Vector3(right, up, 0.5).unproject(camera).sub(camera.position).normalize();
    return { origin: [x, y, z], direction: [through.x, through.y, through.z] };
  }

  /** Where a point appears, as for {@link rayAt}; undefined if it is not in front of the camera. */
  project(point: Point): { readonly right: number; readonly up: number } | undefined {
    const { camera } = this;
    const inView = new Vector3(...point).applyMatrix4(camera.matrixWorldInverse);
    if (inView.z >= 0) return undefined;
    const { x, y } = inView.applyMatrix4(camera.projectionMatrix);
    return { right: x, up: y };
  }

  dispose(): void {
    this.controls.dispose();
  }

  private createControls(): OrbitControls {
    const controls = new OrbitControls(this.camera, this.canvas);
    controls.zoomToCursor = true;
    controls.enableDamping = true;
    controls.dampingFactor = 0.2;
    controls.zoomSpeed = 1.5;
    controls.minDistance = 1e-6;
    controls.maxDistance = 20;
    controls.addEventListener('change', this.onChange);
    return controls;
  }

  private directionOf(direction: Direction): Vector3 {
    return turn(new Vector3(...DIRECTIONS[direction]), 'z', this.upAxis).normalize();
  }
}

/** Turns a vector so that what was up along one axis is up along another; x stays. */
function turn(vector: Vector3, from: UpAxis, to: UpAxis): Vector3 {
  const { x, y, z } = vector;
  if (from === to) return vector;
  return to === 'y' ? vector.set(x, z, -y) : vector.set(x, -z, y);
}
