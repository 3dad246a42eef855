/** The shaders of tiles: flat shading without normals, and the color of each triangle. */

import { Color, DoubleSide, GLSL3, ShaderMaterial, Vector2, Vector3, Vector4 } from 'three';
import { NO_VALUE } from './tile-values.js';

/** How triangles get their color; the number is that of the shader. */
export const COLOR_MODES = { plain: 0, height: 1, direction: 2, tiles: 3, column: 4 } as const;
export type ColorMode = keyof typeof COLOR_MODES;

const VERTEX = /* glsl */ `
  uniform float pointPixels;
  in float value;
  flat out float flatValue;
  out vec3 inView;
  out vec3 inTile;

  void main() {
    flatValue = value;
    vec4 place = modelViewMatrix * vec4(position, 1.0);
    inView = place.xyz;
    inTile = (modelMatrix * vec4(position, 1.0)).xyz;
    gl_Position = projectionMatrix * place;
    gl_PointSize = pointPixels;
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
  uniform vec4 cut;
  flat in float flatValue;
  in vec3 inView;
  in vec3 inTile;
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
    // The normal of the triangle, towards the viewer, from how the place changes between pixels.
    vec3 normal = normalize(cross(dFdx(inView), dFdy(inView)));
    vec3 shown = base;
    if (mode == 1) {
      float low = least[upAxis];
      shown = viridis(clamp((inTile[upAxis] - low) / max(greatest[upAxis] - low, 1e-9), 0.0, 1.0));
    } else if (mode == 2) {
      vec3 inMesh = normalize(cross(dFdx(inTile), dFdy(inTile)));
      shown = 0.5 + 0.5 * inMesh;
    } else if (mode == 3) {
      shown = tileColor;
    } else if (mode == 4 && flatValue < 1e38) {
      shown = viridis(clamp((flatValue - scale.x) / max(scale.y - scale.x, 1e-30), 0.0, 1.0));
    }
    if (isLit) {
      float light = max(dot(normal, normalize(vec3(0.3, 0.45, 1.0))), 0.0);
      shown *= 0.3 + 0.75 * light;
      if (!gl_FrontFacing) shown *= vec3(0.82, 0.78, 0.74);
    }
    // Not earlier: normals need the neighboring pixels.
    if (dot(cut.xyz, inTile) > cut.w) discard;
    color = vec4(min(shown, 1.0), 1.0);
  }
`;

/** What all materials of a scene share. */
export interface SharedUniforms {
  readonly mode: { value: number };
  /** The axis of the height: 1 for y, 2 for z. */
  readonly upAxis: { value: number };
  readonly isLit: { value: boolean };
  readonly base: { value: Color };
  readonly least: { value: Vector3 };
  readonly greatest: { value: Vector3 };
  readonly pointPixels: { value: number };
  /** The values at the ends of the scale of colors. */
  readonly scale: { value: Vector2 };
  /** What is above this plane of the scene is cut away. */
  readonly cut: { value: Vector4 };
}

export function createUniforms(): SharedUniforms {
  return {
    mode: { value: 0 },
    upAxis: { value: 2 },
    isLit: { value: true },
    base: { value: new Color('#9fb3c8') },
    least: { value: new Vector3() },
    greatest: { value: new Vector3() },
    pointPixels: { value: 2 },
    scale: { value: new Vector2() },
    cut: { value: new Vector4(0, 0, 0, 1) },
  };
}

/** Creates the material of a tile; `tileColor` is for the mode that shows tiles. */
export function createMaterial(shared: SharedUniforms, tileColor: Color): ShaderMaterial {
  const material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...shared, tileColor: { value: tileColor } },
    side: DoubleSide,
    // Edges of the wireframe lie in front of their triangles.
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  }); // What a tile without values has at all vertices.
  Object.assign(material.defaultAttributeValues, { value: [NO_VALUE] });
  return material;
}
