/**
 * `POST /api/exports`: writes the triangles of a filter to a file of any output format in a child process, and answers with
 * lines of progress. The last one has the path of the download.
 */

import type { Writer } from '../../formats/writer.js';
import { WRITERS } from '../../formats/writers.js';
import { COMPRESSIONS, type CompressionChoice, endingOf } from '../../io/compression/compression.js';
import { removeFile } from '../../io/disk.js';
import { oneOf, type Rules, ruleOf, takeOptions } from '../../options.js';
import type { OutputFormat } from '../../pipeline/run/output-writer.js';
import type { ViewSession } from '../session.js';
import { takeFilter } from '../shown-filter.js';
import type { ExportLine, ExportRequest } from '../wire/messages.js';
import type { Route } from './route.js';

/** The filter has rules of its own. */
const RULES: Rules<ExportRequest> = {
  filter: ruleOf('an object', (value) => typeof value === 'object' && value !== null),
  to: oneOf<OutputFormat>(WRITERS.map(({ id }) => id)),
  compress: oneOf<CompressionChoice>([...COMPRESSIONS.map(({ id }) => id), 'none']),
};

export const exportsRoute: Route = {
  method: 'POST',
  path: '/api/exports',
  answer(session, { query, body, signal }) {
    session.mesh(query.get('v'));
    const request = takeOptions<ExportRequest>(body as ExportRequest, RULES);
    const filter = takeFilter(request.filter ?? {});
    return { lines: follow(session, { ...request, filter }, signal) };
  },
};

async function* follow(
  session: ViewSession,
  { filter = {}, to = 'off', compress }: ExportRequest,
  signal: AbortSignal,
): AsyncGenerator<ExportLine> {
  const writer: Writer = WRITERS.find(({ id }) => id === to)!;
  const { extensions, compresses } = writer;
  const ending = `.${extensions[0]}${compresses === undefined ? endingOf(compress) : ''}`;
  const output = session.newFile(ending);
  const lines: ExportLine[] = [];
  let wake = () => {};
  let triangles = 0;
  let isKept = false;
  const task = { kind: 'export', output, to, compress, filter } as const;
  const running = session.run(task, signal, (message) => {
    if ('exported' in message) ({ triangles } = message.exported);
    if (!('progress' in message)) return;
    const { stage, done, total } = message.progress;
    const share = total === undefined || total === 0 ? null : Math.min(1, done / total);
    lines.push({ type: 'progress', step: stage === 'export' ? 'export' : 'filter', share });
    wake();
  });
  let state: 'running' | 'done' | { readonly error: unknown } = 'running';
  running.then(
    () => {
      state = 'done';
      wake();
    },
    (error: unknown) => {
      state = { error };
      wake();
    },
  );
  const stateNow = () => state;
  try {
    yield { type: 'progress', step: 'filter', share: null };
    while (stateNow() === 'running' || lines.length > 0) {
      const line = lines.shift();
      if (line !== undefined) yield line;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    const end = stateNow();
    if (typeof end === 'object') {
      const { status, ...error } = session.describe(end.error);
      yield { type: 'failed', error };
      return;
    }
    const { ticket, name, bytes } = session.exports.keep(output, nameOf(session.path, ending));
    isKept = true;
    yield { type: 'done', path: `/download/${ticket}/${encodeURIComponent(name)}`, name, bytes, triangles };
  } finally {
    if (!isKept) void running.catch(() => undefined).finally(() => removeFile(output));
  }
}

/** The name of a part of a mesh file: `scan-part.off` for `scan.db` and `scan.stl.gz`. */
function nameOf(path: string, ending: string): string {
  const name = path.split(/[/\\]/).at(-1)!;
  const plain = name.replace(/\.(?:gz|zst|zstd)$/i, '').replace(/(?<=.)\.\w+$/, '');
  return `${plain}-part${ending}`;
}
