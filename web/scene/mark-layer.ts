/**
 * Marks over the mesh: lines, and points of a fixed size on the screen, so that they are seen from any distance. What lies
 * behind the mesh shows through; what a section cuts away has no marks.
 */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  GLSL3,
  GreaterDepth,
  Group,
  LessEqualDepth,
  type Plane,
  Points,
  ShaderMaterial,
  Vector4,
} from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

/** The shapes of points; the number is that of the shader. */
export const SHAPES = {
  dot: 0,
  ring: 1,
  cross: 2,
  plus: 3,
  diamond: 4,
  square: 5,
  triangle: 6,
  bar: 7,
} as const;
export type Shape = keyof typeof SHAPES;

/** Marks of one look, in scene units. */
export interface Marks {
  readonly color: string;
  /** Places of points, three coordinates each. */
  readonly points: readonly number[];
  readonly shape: Shape;
  /** The size of a point, in pixels of the page. */
  readonly pixels: number;
  /** Both ends of lines, six coordinates each. */
  readonly lines: readonly number[];
  /** The width of lines, in pixels of the page. */
  readonly lineWidth: number;
  /** How much is seen through the mesh, from 0 to 1. */
  readonly hiddenOpacity: number;
}

const VERTEX = /* glsl */ `
  uniform float pixels;
  uniform vec4 cut;

  void main() {
    gl_PointSize = pixels;
    // A point has its mark, or it has none.
    if (dot(cut.xyz, position) + cut.w < 0.0) {
      gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
      return;
    }
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

const FRAGMENT = /* glsl */ `
  precision highp float;

  uniform int shape;
  uniform vec3 inside;
  uniform vec3 halo;
  uniform float opacity;
  out vec4 color;

  // The distance from the edge of the shape, negative inside, in a square from -1 to 1.
  float distanceTo(vec2 p) {
    vec2 q = abs(p);
    vec2 turned = abs(vec2(p.x + p.y, p.x - p.y)) * 0.7071;
    if (shape == 0) return length(p) - 0.5;
    if (shape == 1) return abs(length(p) - 0.62) - 0.17;
    if (shape == 2) return max(min(turned.x, turned.y) - 0.17, length(p) - 0.85);
    if (shape == 3) return max(min(q.x, q.y) - 0.17, length(p) - 0.85);
    if (shape == 4) return abs(q.x + q.y - 0.62) * 0.8 - 0.15;
    if (shape == 5) return abs(max(q.x, q.y) - 0.55) - 0.15;
    if (shape == 6) return abs(max(q.x * 0.866 + p.y * 0.5, -p.y) - 0.3) - 0.15;
    return max(abs(q.y - 0.35) - 0.15, q.x - 0.75);
  }

  void main() {
    vec2 p = 2.0 * gl_PointCoord - 1.0;
    float d = distanceTo(vec2(p.x, -p.y));
    if (d > 0.16) discard;
    color = vec4(d <= 0.0 ? inside : halo, opacity);
  }
`;

export class MarkLayer {
  readonly root = new Group();
  private readonly groups = new Map<string, Group>();
  private readonly halo = { value: new Color('#ffffff') };
  private readonly ratio = { value: 1 };
  /** Marks on the other side of this plane are cut away. */
  private planes: Plane[] = [];
  private readonly cut = { value: new Vector4(0, 0, 0, 1) };

  constructor(private readonly onChange: () => void) {
    this.root.renderOrder = 1;
  }

  /** Sets the color around points. */
  setHalo(color: Color): void {
    this.halo.value.copy(color);
  }

  /** Cuts marks away as the mesh is: what is on the other side of a plane; undefined for none. */
  setSection(plane: Plane | undefined): void {
    this.planes = plane === undefined ? [] : [plane];
    if (plane === undefined) this.cut.value.set(0, 0, 0, 1);
    else this.cut.value.set(plane.normal.x, plane.normal.y, plane.normal.z, plane.constant);
    for (const group of this.groups.values())
      for (const object of group.children)
        if (object instanceof LineSegments2) object.material.clippingPlanes = this.planes;
    this.onChange();
  }

  /** Sets the pixels of the canvas in a pixel of the page. */
  setPixelRatio(ratio: number): void {
    this.ratio.value = ratio;
    for (const group of this.groups.values())
      for (const object of group.children)
        if (object instanceof Points) object.material.uniforms.pixels.value = object.userData.pixels * ratio;
  }

  /** Replaces the marks of a name; undefined removes them. */
  set(name: string, marks: Marks | undefined): void {
    this.remove(name);
    if (marks !== undefined) {
      const group = new Group();
      for (const isHidden of [true, false]) {
        if (marks.lines.length > 0) group.add(this.lines(marks, isHidden));
        if (marks.points.length > 0) group.add(this.points(marks, isHidden));
      }
      this.groups.set(name, group);
      this.root.add(group);
    }
    this.onChange();
  }

  private lines({ lines, color, lineWidth, hiddenOpacity }: Marks, isHidden: boolean): LineSegments2 {
    const geometry = new LineSegmentsGeometry();
    geometry.setPositions(Float32Array.from(lines));
    const material = new LineMaterial({
      color: new Color(color),
      linewidth: lineWidth,
      transparent: true,
      opacity: isHidden ? hiddenOpacity : 1,
      depthFunc: isHidden ? GreaterDepth : LessEqualDepth,
      depthWrite: false,
      clippingPlanes: this.planes,
    });
    const object = new LineSegments2(geometry, material);
    object.frustumCulled = false;
    return object;
  }

  private points({ points, color, shape, pixels, hiddenOpacity }: Marks, isHidden: boolean): Points {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(Float32Array.from(points), 3));
    const material = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        pixels: { value: pixels * this.ratio.value },
        shape: { value: SHAPES[shape] },
        inside: { value: new Color(color) },
        halo: this.halo,
        cut: this.cut,
        opacity: { value: isHidden ? hiddenOpacity : 1 },
      },
      transparent: true,
      depthFunc: isHidden ? GreaterDepth : LessEqualDepth,
      depthWrite: false,
    });
    const object = new Points(geometry, material);
    object.userData.pixels = pixels;
    object.frustumCulled = false;
    return object;
  }

  private remove(name: string): void {
    const group = this.groups.get(name);
    if (group === undefined) return;
    this.groups.delete(name);
    this.root.remove(group);
    for (const object of group.children as (Points | LineSegments2)[]) {
      object.geometry.dispose();
      (object.material as ShaderMaterial).dispose();
    }
  }
}
