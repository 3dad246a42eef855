/** The shaders of tiles: flat shading without normals, the color of each triangle, and which of them are kept. */

import {
  Color,
  CustomBlending,
  DoubleSide,
  GLSL3,
  OneFactor,
  ShaderMaterial,
  Vector2,
  Vector3,
  Vector4,
  ZeroFactor,
} from 'three';
import { NO_VALUE } from './tile-values.js';

/** How triangles get their color; the number is that of the shader. */
export const COLOR_MODES = { plain: 0, height: 1, direction: 2, tiles: 3, column: 4 } as const;
export type ColorMode = keyof typeof COLOR_MODES;

const VERTEX = /* glsl */ `
  uniform float pointPixels;
  in float value;
  flat out float flatValue;
  in float mark;
  flat out float share;
  out vec3 inView;
  out vec3 inTile;
  in float packedNormal;
  out vec3 given;

  void main() {
    flatValue = value;
    given = vec3(0.0);
    if (packedNormal < 1e38) {
      int bytes = int(packedNormal);
      vec3 color = vec3(float((bytes >> 16) & 255), float((bytes >> 8) & 255), float(bytes & 255)) / 255.0;
      given = normalize(mat3(modelViewMatrix) * (2.0 * color - 1.0));
    }
    vec4 place = modelViewMatrix * vec4(position, 1.0);
    inView = place.xyz;
    inTile = (modelMatrix * vec4(position, 1.0)).xyz;
    gl_Position = projectionMatrix * place;
    gl_PointSize = pointPixels;
    share = mark;
  }
`;

const FRAGMENT = /* glsl */ `
  precision highp float;

  uniform int mode;
  uniform int upAxis;
  uniform bool isLit;
  uniform vec3 base;
  uniform vec3 tileColor;
  uniform vec3 least;
  uniform vec3 greatest;
  uniform vec2 scale;
  uniform bool isPacked;
  uniform vec4 cut;
  flat in float flatValue;
  uniform bool isMarked;
  uniform bool hidesRest;
  uniform vec3 kept;
  uniform vec3 stage;
  flat in float share;
  uniform bool isSmooth;
  in vec3 inView;
  in vec3 inTile;
  in vec3 given;
  out vec4 color;

  // Viridis by polynomials, after Matt Zucker.
  vec3 viridis(float t) {
    const vec3 c0 = vec3(0.2777273272234177, 0.005407344544966578, 0.3340998053353061);
    const vec3 c1 = vec3(0.1050930431085774, 1.404613529898575, 1.384590162594685);
    const vec3 c2 = vec3(-0.3308618287255563, 0.214847559468213, 0.09509516302823659);
    const vec3 c3 = vec3(-4.634230498983486, -5.799100973351585, -19.33244095627987);
    const vec3 c4 = vec3(6.228269936347081, 14.17993336680509, 56.69055260068105);
    const vec3 c5 = vec3(4.776384997670288, -13.74514537774601, -65.35303263337234);
    const vec3 c6 = vec3(-5.435455855934631, 4.645852612178535, 26.3124352495832);
    return c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * (c5 + t * c6)))));
  }

  void main() {
    bool isRest = isMarked && share == 0.0;
    if (isRest && hidesRest) discard;
    // The normal of the triangle, towards the viewer, from how the place changes between pixels.
    vec3 normal = normalize(cross(dFdx(inView), dFdy(inView)));
    if (isSmooth && dot(given, given) > 1e-6) {
      vec3 smoothed = normalize(given);
      normal = dot(smoothed, normal) < 0.0 ? -smoothed : smoothed;
    }
    // A coarse triangle stands for many, of which only a share may be kept.
    float strength = isMarked ? 0.5 + 0.5 * share : 1.0;
    vec3 shown = isMarked && !isRest ? (hidesRest ? base : mix(base, kept, strength)) : base;
    if (mode == 1) {
      float low = least[upAxis];
      shown = viridis(clamp((inTile[upAxis] - low) / max(greatest[upAxis] - low, 1e-9), 0.0, 1.0));
    } else if (mode == 2) {
      vec3 inMesh = normalize(cross(dFdx(inTile), dFdy(inTile)));
      shown = 0.5 + 0.5 * inMesh;
    } else if (mode == 3) {
      shown = tileColor;
    } else if (mode == 4 && isPacked && flatValue < 1e38) {
      // Exact up to 2^24, where adding a half would not be.
      int packed = int(flatValue);
      shown = vec3(float((packed >> 16) & 255), float((packed >> 8) & 255), float(packed & 255)) / 255.0;
    } else if (mode == 4 && flatValue < 1e38) {
      float span = scale.y - scale.x;
      // From the larger end to the smaller one, colors are reversed.
      float divisor = span < 0.0 ? min(span, -1e-30) : max(span, 1e-30);
      shown = viridis(clamp((flatValue - scale.x) / divisor, 0.0, 1.0));
    }
    if (isLit) {
      float light = max(dot(normal, normalize(vec3(0.3, 0.45, 1.0))), 0.0);
      shown *= 0.3 + 0.75 * light;
      if (!gl_FrontFacing) shown *= vec3(0.82, 0.78, 0.74);
    }
    // Not earlier: normals need the neighboring pixels.
    if (dot(cut.xyz, inTile) > cut.w) discard;
    if (isRest) shown = mix(stage, shown, 0.45);
    // The rest covers every other sample of a pixel: what is kept is seen through it.
    color = vec4(min(shown, 1.0), isRest ? 0.5 : 1.0);
  }
`;

/** What all materials of a scene share. */
export interface SharedUniforms {
  /** The color of triangles that a filter keeps, and of what is behind the mesh. */
  readonly kept: { value: Color };
  readonly stage: { value: Color };
  readonly hidesRest: { value: boolean };
  /** Pixels of a length of one at a distance of one. */
  readonly focalPixels: { value: number };
  readonly mode: { value: number };
  /** The axis of the height: 1 for y, 2 for z. */
  readonly upAxis: { value: number };
  readonly isLit: { value: boolean };
  /** Whether normals of the source shade the triangles that have some. */
  readonly isSmooth: { value: boolean };
  readonly base: { value: Color };
  readonly least: { value: Vector3 };
  readonly greatest: { value: Vector3 };
  readonly pointPixels: { value: number };
  /** The values at the ends of the scale of colors. */
  readonly scale: { value: Vector2 };
  /** Whether values are colors, packed into a number, instead of places on the scale. */
  readonly isPacked: { value: boolean };
  /** What is above this plane of the scene is cut away. */
  readonly cut: { value: Vector4 };
}

export function createUniforms(): SharedUniforms {
  return {
    kept: { value: new Color('#d55e00') },
    stage: { value: new Color('#ffffff') },
    hidesRest: { value: false },
    focalPixels: { value: 1 },
    mode: { value: 0 },
    upAxis: { value: 2 },
    isLit: { value: true },
    isSmooth: { value: false },
    base: { value: new Color('#9fb3c8') },
    least: { value: new Vector3() },
    greatest: { value: new Vector3() },
    pointPixels: { value: 2 },
    scale: { value: new Vector2() },
    isPacked: { value: false },
    cut: { value: new Vector4(0, 0, 0, 1) },
  };
}

/** Creates the material of a tile; `tileColor` is for the mode that shows tiles. */
export function createMaterial(shared: SharedUniforms, tileColor: Color): ShaderMaterial {
  const material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...shared, tileColor: { value: tileColor }, isMarked: { value: false } },
    side: DoubleSide,
    alphaToCoverage: true,
    // The canvas itself stays opaque.
    blending: CustomBlending,
    blendSrc: OneFactor,
    blendDst: ZeroFactor,
    blendSrcAlpha: ZeroFactor,
    blendDstAlpha: OneFactor,
    // Edges of the wireframe lie in front of their triangles.
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  }); // What a tile without values has at all vertices.
  Object.assign(material.defaultAttributeValues, { value: [NO_VALUE], packedNormal: [NO_VALUE] });
  return material;
}

const POINT_VERTEX = /* glsl */ `
  uniform float pointPixels;
  uniform float focalPixels;
  in float reach;

  void main() {
    vec4 place = modelViewMatrix * vec4(position, 1.0);
    gl_Position = projectionMatrix * place;
    gl_PointSize = 2.0 * pointPixels;
    // Before the surface that it is on.
    gl_Position.z -= 0.0002 * gl_Position.w;
    // Large triangles are seen themselves.
    float pixels = reach * length(modelViewMatrix[0].xyz) * focalPixels / max(-place.z, 1e-9);
    if (pixels > gl_PointSize) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  }
`;

const POINT_FRAGMENT = /* glsl */ `
  precision highp float;

  uniform vec3 kept;
  out vec4 color;

  void main() {
    color = vec4(kept, 1.0);
  }
`;

/** Creates the material of the points that mark triangles too small to be seen. */
export function createPointMaterial(shared: SharedUniforms): ShaderMaterial {
  return new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: POINT_VERTEX,
    fragmentShader: POINT_FRAGMENT,
    uniforms: { ...shared },
  });
}
