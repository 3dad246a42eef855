/** All calls of the server. */

import type {
  ColumnAnswer,
  ErrorAnswer,
  EventMessage,
  ExportLine,
  ExportRequest,
  FilterLine,
  FlawsMessage,
  MeshAnswer,
  PickAnswer,
  PickBody,
  PlaceAnswer,
  SetAnswer,
  ShownFilter,
  TriangleAnswer,
  VertexAnswer,
} from '../src/view/wire/messages.js';
import { decodeNodeTable, type NodeTable } from '../src/view/wire/node-table.js';
import { decodeSection, type SectionAnswer } from '../src/view/wire/section-bytes.js';
import type { SqlLine, SqlRequest, SqlSpan } from '../src/view/wire/sql.js';
import type { SectionPlane } from './section-plane.js';
import { readToken } from './token.js';

/** An answer that is an error, with what to do. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly option: string | undefined;
  readonly span: SqlSpan | undefined;

  constructor(
    readonly status: number,
    { message, code, hint, option, span }: ErrorAnswer,
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.option = option;
    this.span = span;
  }
}

/** The longest time between two lines of the events before the server counts as gone, in milliseconds. */
const SILENCE_MS = 8000;

/** Aborts calls that have no answer; streams of lines are not among them. */
let calls = new AbortController();

/**
 * Gives up all calls that wait for an answer, as if the connection had broken. A connection that has stalled would keep them
 * waiting, and they would keep the six connections of the browser from new ones.
 */
export function breakCalls(): void {
  calls.abort(new TypeError('the server is silent'));
  calls = new AbortController();
}

/** Calls the server for an answer that comes at once as a whole, or for lines that come one by one. */
async function call(
  path: string,
  init: RequestInit = {},
  kind: 'answer' | 'lines' = 'answer',
): Promise<Response> {
  const headers = { ...init.headers, Authorization: `Bearer ${readToken()}` };
  const signals = [init.signal ?? [], kind === 'answer' ? calls.signal : []].flat();
  const response = await fetch(path, {
    ...init,
    headers,
    signal: AbortSignal.any(signals),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => undefined)) as ErrorAnswer | undefined;
  throw new ApiError(
    response.status,
    body ?? { message: `the server answered ${response.status}`, code: 'HTTP' },
  );
}

/** Gets JSON. */
async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await call(path, { signal: signal ?? null })).json()) as T;
}

/** Posts JSON and gets JSON. */
async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, body, signal)).json()) as T;
}

/** Posts JSON. */
function send(
  path: string,
  body: unknown,
  signal?: AbortSignal,
  kind: 'answer' | 'lines' = 'answer',
): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return call(path, { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null }, kind);
}

export function getMesh(): Promise<MeshAnswer> {
  return get('/api/mesh');
}

export async function getNodes(version: string): Promise<NodeTable> {
  const response = await call(`/api/nodes?v=${version}`);
  return decodeNodeTable(await response.arrayBuffer());
}

/** Gets a coarse mesh while tiles are built, encoded; undefined if there is a later one, or none any more. */
export async function getCoarse(version: string): Promise<ArrayBuffer | undefined> {
  const response = await call(`/api/coarse?v=${version}`);
  const bytes = await response.arrayBuffer();
  return response.headers.get('ETag') === `"${version}"` ? bytes : undefined;
}

/** Gets the encoded mesh of a node. */
export async function getTile(id: number, version: string, signal: AbortSignal): Promise<ArrayBuffer> {
  return (await call(`/api/tiles/${id}?v=${version}`, { signal })).arrayBuffer();
}

/** Runs a query and yields the lines of its answer. Aborting ends the query. Throws ApiError or the error of fetch. */
export async function* askSql(asked: SqlRequest, signal: AbortSignal): AsyncGenerator<SqlLine> {
  for await (const line of readLines<SqlLine>(await send('/api/sql', asked, signal, 'lines'))) {
    if ('error' in line) throw new ApiError(200, line.error);
    yield line;
  }
}

/** Computes a column of the triangles. */
export function postColumn(column: string, signal: AbortSignal): Promise<ColumnAnswer> {
  return post('/api/columns', { column }, signal);
}

/** Computes the contour of the mesh on a plane. */
export async function postSection(
  { normal, offset }: SectionPlane,
  signal: AbortSignal,
): Promise<SectionAnswer> {
  const response = await send('/api/section', { normal, offset }, signal);
  return decodeSection(await response.arrayBuffer());
}

/** Gets the values of a column for a node: one for each triangle of a leaf; above, the mean below each vertex. */
export async function getValues(
  id: number,
  column: string,
  version: string,
  signal: AbortSignal,
): Promise<Float32Array> {
  const response = await call(`/api/tiles/${id}/values?column=${column}&v=${version}`, { signal });
  return new Float32Array(await response.arrayBuffer());
}

/** Finds the triangles of a filter. */
export function postSet(filter: ShownFilter, version: string, signal: AbortSignal): Promise<SetAnswer> {
  return post(`/api/sets?v=${version}`, filter, signal);
}

/** Gets which triangles of a tile are in a set. */
export async function getMarks(
  id: number,
  set: string,
  version: string,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  return (await call(`/api/tiles/${id}/classes?set=${set}&v=${version}`, { signal })).arrayBuffer();
}

/** Gets the saved filters. */
export function getFilters(): Promise<FilterLine[]> {
  return get('/api/filters');
}

/** Exports to a file of the server, and yields the progress; the last line has the path of the download. */
export async function* postExport(
  request: ExportRequest,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<ExportLine> {
  yield* readLines<ExportLine>(await send(`/api/exports?v=${version}`, request, signal, 'lines'));
}

/** Finds the triangle that a ray meets first. */
export function pick(ray: PickBody, version: string, signal: AbortSignal): Promise<PickAnswer> {
  return post(`/api/pick?v=${version}`, ray, signal);
}

export function getTriangle(id: number, version: string, signal: AbortSignal): Promise<TriangleAnswer> {
  return get(`/api/triangles/${id}?v=${version}`, signal);
}

/** Gets the place of a triangle in its source. */
export function getPlace(id: number, version: string, signal: AbortSignal): Promise<PlaceAnswer> {
  return get(`/api/triangles/${id}/source?v=${version}`, signal);
}

export function getVertex(id: number, version: string, signal: AbortSignal): Promise<VertexAnswer> {
  return get(`/api/vertices/${id}?v=${version}`, signal);
}

/** Yields the lines of an answer as they come, parsed. */
export async function* readLines<T>(
  response: Response,
  onBytes: () => void = () => undefined,
): AsyncGenerator<T> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as T;
  }
}

/** Yields what happens until the server is gone or the signal aborts. Throws ApiError or the error of fetch. */
export async function* followEvents(signal: AbortSignal): AsyncGenerator<EventMessage> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error('the server is silent')), SILENCE_MS);
  };
  restart();
  try {
    const ending = AbortSignal.any([signal, silence.signal]);
    const response = await call('/api/events', { signal: ending }, 'lines');
    yield* readLines<EventMessage>(response, restart);
  } finally {
    clearTimeout(timer);
  }
}

/** Yields the progress of the search for flaws, and at last what was found. */
export async function* findFlaws(version: string, signal: AbortSignal): AsyncGenerator<FlawsMessage> {
  yield* readLines<FlawsMessage>(await call(`/api/flaws?v=${version}`, { signal }, 'lines'));
}
