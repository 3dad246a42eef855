/**
 * The keywords of OBJ, from appendix B1 of the Advanced Visualizer manual, grouped by their meaning for triangles. Keywords
 * are lower case: no program writes upper case, and V or F may mean something else.
 */
import type { ObjPartKind } from './part-name.js';

export const PART_KEYWORDS: ReadonlyMap<string, ObjPartKind> = new Map([
  ['o', 'object'],
  ['g', 'group'],
  ['usemtl', 'material'],
]);

/** Statements that define other shapes than triangles. These shapes are lost, with a warning. */
export const LOST_SHAPES: ReadonlyMap<string, { readonly kind: string; readonly name: string }> = new Map([
  ['l', { kind: 'obj-lines', name: 'a line' }],
  ['p', { kind: 'obj-points', name: 'a point' }],
  ['curv', { kind: 'obj-free-form', name: 'a curve' }],
  ['curv2', { kind: 'obj-free-form', name: 'a curve' }],
  ['surf', { kind: 'obj-free-form', name: 'a surface' }],
  ['cstype', { kind: 'obj-free-form', name: 'a kind of curve or surface' }],
]);

/** Statements that do not affect the triangles. */
export const PASSED_OVER: ReadonlySet<string> = new Set([
  ...['vt', 'vn', 'vp', 's', 'mtllib', 'usemap', 'maplib', 'shadow_obj', 'trace_obj', 'lod'],
  ...['bevel', 'c_interp', 'd_interp', 'ctech', 'stech', 'mg', 'deg', 'bmat', 'step', 'parm'],
  ...['trim', 'hole', 'scrv', 'sp', 'end', 'con', 'vw'],
]);
