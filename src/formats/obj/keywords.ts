/**
 * The keywords of OBJ, as in appendix B1 of the Advanced Visualizer manual, and what they mean to a reader of
 * triangles. Lower case alone: no program writes others, and V or F may mean something else.
 */
import type { ObjPartKind } from './part-name.js';

export const PART_KEYWORDS: ReadonlyMap<string, ObjPartKind> = new Map([
  ['o', 'object'],
  ['g', 'group'],
  ['usemtl', 'material'],
]);

/** Statements with a shape that is no triangle: it is lost, which a warning says. */
export const LOST_SHAPES: ReadonlyMap<string, { readonly kind: string; readonly name: string }> = new Map([
  ['l', { kind: 'obj-lines', name: 'a line' }],
  ['p', { kind: 'obj-points', name: 'a point' }],
  ['curv', { kind: 'obj-free-form', name: 'a curve' }],
  ['curv2', { kind: 'obj-free-form', name: 'a curve' }],
  ['surf', { kind: 'obj-free-form', name: 'a surface' }],
  ['cstype', { kind: 'obj-free-form', name: 'a kind of curve or surface' }],
]);

/** Statements without which the triangles are the same. */
export const PASSED_OVER: ReadonlySet<string> = new Set([
  ...['vt', 'vn', 'vp', 's', 'mtllib', 'usemap', 'maplib', 'shadow_obj', 'trace_obj', 'lod'],
  ...['bevel', 'c_interp', 'd_interp', 'ctech', 'stech', 'mg', 'deg', 'bmat', 'step', 'parm'],
  ...['trim', 'hole', 'scrv', 'sp', 'end', 'con', 'vw'],
]);
