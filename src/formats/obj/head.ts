/**
 * Examines the head of a file: whether it is OBJ, and roughly how many triangles the file has. Nothing is refused here,
 * since the head may be cut anywhere.
 */
import { skipByteOrderMark } from '../shared/text.js';
import { LOST_SHAPES, PART_KEYWORDS, PASSED_OVER } from './keywords.js';

/** Statements that begin no other kind of text. */
const CERTAIN = [
  /^v\s+[-+.\d]\S*\s+[-+.\d]/,
  /^v[tnp]\s+[-+.\d]/,
  /^fo?\s+[-+]?\d+(\/\S*)?\s+[-+]?\d/,
  /^(mtllib|usemtl)\s+\S/,
];

/** Bytes of a face's keyword, whitespace and line end, and of the space before each index. */
const FACE_BYTES = 5;

/** Whether the first statements of the head are OBJ. */
export function readsLikeObj(head: Uint8Array): boolean {
  let isFirst = true;
  for (const statement of statementsOf(head)) {
    // Some programs begin with the numbers of vertices and faces.
    if (isFirst && /^[\d\s]+$/.test(statement)) continue;
    isFirst = false;
    if (CERTAIN.some((pattern) => pattern.test(statement))) return true;
    const [keyword = ''] = statement.split(/\s/, 1);
    if (!PART_KEYWORDS.has(keyword) && !LOST_SHAPES.has(keyword) && !PASSED_OVER.has(keyword)) return false;
  }
  return false;
}

/** Estimates the number of triangles in a file of `size` bytes from its head. */
export function forecastTriangles(head: Uint8Array, size: number): number {
  const text = textOf(head);
  let triangles = 0;
  let vertices = 0;
  let vertexBytes = 0;
  let firstFace = -1;
  let isMixed = false;
  for (const { 0: statement, 1: keyword, 2: rest = '', index } of text.matchAll(
    /^[ \t]*(v|fo?)[ \t]([^\r\n]*)/gm,
  )) {
    if (keyword === 'v') {
      vertices++;
      vertexBytes += statement.length + 1;
      if (firstFace >= 0) isMixed = true;
    } else {
      triangles += Math.max(0, rest.trim().split(/\s+/).length - 2);
      if (firstFace < 0) firstFace = index;
    }
  }
  const left = Math.max(0, size - head.length);
  if (left === 0) return triangles;
  if (triangles > 0)
    return Math.round(triangles + (left * triangles) / (head.length - (isMixed ? 0 : firstFace)));
  if (vertices === 0) return 0;
  // A closed mesh has twice as many triangles as vertices. Only the file size hints at the length of their lines.
  const bytes = vertexBytes / vertices;
  const digits = Math.ceil(Math.log10(size / bytes));
  return Math.round((2 * size) / (bytes + 2 * (FACE_BYTES + 3 * digits)));
}

/** Yields statements without comments and with continued lines joined; the last may be cut off. */
function* statementsOf(head: Uint8Array): Generator<string> {
  const text = textOf(head).replace(/\\[ \t]*(\r\n|\n|\r)/g, ' ');
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    const statement = line.replace(/(^|\s)#.*/, '').trim();
    if (statement !== '') yield statement;
  }
}

function textOf(head: Uint8Array): string {
  const { buffer, byteOffset, length } = head;
  return Buffer.from(buffer, byteOffset, length).toString('latin1', skipByteOrderMark(head));
}
