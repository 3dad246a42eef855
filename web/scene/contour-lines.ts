/** The contour on the cut, as lines of some pixels. */

import type { Color, Scene } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

const WIDTH_PIXELS = 2.5;

export class ContourLines {
  private readonly material = new LineMaterial({ linewidth: WIDTH_PIXELS });
  private lines: LineSegments2 | undefined;

  constructor(private readonly scene: Scene) {}

  /** Replaces the lines, two points each; undefined for none. */
  set(segments: Float32Array | undefined): void {
    if (this.lines !== undefined) {
      this.scene.remove(this.lines);
      this.lines.geometry.dispose();
      this.lines = undefined;
    }
    if (segments === undefined || segments.length === 0) return;
    const geometry = new LineSegmentsGeometry();
    geometry.setPositions(segments);
    this.lines = new LineSegments2(geometry, this.material);
    this.lines.frustumCulled = false;
    // After the mesh, in front of which they may be.
    this.lines.renderOrder = 1;
    this.scene.add(this.lines);
  }

  /** Sets whether the mesh may hide them. Nothing is in front of a cut that is seen from what was cut away. */
  set isHidden(isHidden: boolean) {
    this.material.depthTest = isHidden;
  }

  set color(color: Color) {
    this.material.color.copy(color);
  }

  dispose(): void {
    this.set(undefined);
    this.material.dispose();
  }
}
