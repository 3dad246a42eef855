/** Exports what is shown: as a download in any output format, or as a command for the terminal. */

import { useSignal } from '@preact/signals';
import type { ErrorAnswer } from '../../src/view/wire/messages.js';
import { ApiError, postExport } from '../api.js';
import { argumentsOf, outputName, quoteLine } from '../filter/command.js';
import { cleanFilter } from '../filter/filter-parts.js';
import { formatBytes, formatCount } from '../format.js';
import { saveFrom } from '../save-file.js';
import { filter, mesh, shownSet } from '../state.js';

const FORMATS = [
  { id: 'off', title: 'OFF', isPacked: false },
  { id: 'stl', title: 'STL', isPacked: false },
  { id: 'ply', title: 'PLY', isPacked: false },
  { id: 'obj', title: 'OBJ', isPacked: false },
  // A download is one file.
  { id: 'parquet', title: 'Parquet', isPacked: true },
] as const;

type ExportState =
  | { readonly state: 'ready' }
  | {
      readonly state: 'running';
      readonly step: string;
      readonly share: number | null;
      readonly cancel: () => void;
    }
  | { readonly state: 'done'; readonly text: string }
  | { readonly state: 'failed'; readonly error: Pick<ErrorAnswer, 'message' | 'hint'> };

const STEPS = { filter: 'Finding triangles', export: 'Writing' } as const;

export function ExportPanel() {
  const to = useSignal<(typeof FORMATS)[number]['id']>('off');
  const gzip = useSignal(false);
  const exporting = useSignal<ExportState>({ state: 'ready' });
  const isCopied = useSignal(false);
  const shown = mesh.value;
  if (shown === undefined) return <p class="quiet">No mesh yet.</p>;

  const format = FORMATS.find(({ id }) => id === to.value)!;
  const isPacked = gzip.value && !format.isPacked;
  const isAll = shownSet.value.state === 'all';
  const isNothing = shownSet.value.state === 'found' && shownSet.value.set.triangles === 0;
  const words = argumentsOf(
    shown,
    filter.value,
    outputName(shown.path, `${to.value}${isPacked ? '.gz' : ''}`),
    to.value === 'parquet' ? ['--soup'] : [],
  );

  const save = async () => {
    const ending = new AbortController();
    const running = (step: string, share: number | null) => {
      exporting.value = { state: 'running', step, share, cancel: () => ending.abort() };
    };
    running(STEPS.filter, null);
    try {
      const request = {
        filter: cleanFilter(filter.value),
        to: to.value,
        ...(isPacked ? { compress: 'gzip' as const } : {}),
      };
      for await (const line of postExport(request, shown.version, ending.signal)) {
        if (line.type === 'progress') running(STEPS[line.step], line.share);
        if (line.type === 'failed') exporting.value = { state: 'failed', error: line.error };
        if (line.type !== 'done') continue;
        saveFrom(line.path, line.name);
        const text = `${line.name}: ${formatCount(line.triangles)} triangles, ${formatBytes(line.bytes)}`;
        exporting.value = { state: 'done', text };
      }
      if (exporting.value.state === 'running') throw new Error('the server has ended');
    } catch (error) {
      if (ending.signal.aborted) exporting.value = { state: 'ready' };
      else if (error instanceof ApiError) exporting.value = { state: 'failed', error };
      else exporting.value = { state: 'failed', error: { message: 'the server cannot be reached' } };
    }
  };

  const copy = async () => {
    await navigator.clipboard.writeText(quoteLine(words!));
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, 1500);
  };

  return (
    <>
      <div class="row">
        <select
          aria-label="Format"
          value={to.value}
          onChange={({ currentTarget: { value } }) => {
            to.value = value as (typeof FORMATS)[number]['id'];
          }}
        >
          {FORMATS.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={isPacked}
            disabled={format.isPacked}
            onChange={() => {
              gzip.value = !gzip.value;
            }}
          />
          gzip
        </label>
      </div>
      <Running state={exporting.value} />
      <button
        type="button"
        disabled={exporting.value.state === 'running' || isNothing}
        title={isAll ? 'Download the complete mesh' : 'Download what the filter keeps'}
        onClick={save}
      >
        {isAll ? 'Export all' : 'Export shown'}
      </button>
      <button
        type="button"
        disabled={words === undefined}
        title={
          words === undefined
            ? 'No single command exports this filter'
            : 'Copy the command line that exports the same triangles'
        }
        onClick={copy}
      >
        {isCopied.value ? 'Copied' : 'Copy as command'}
      </button>
    </>
  );
}

function Running({ state }: { readonly state: ExportState }) {
  if (state.state === 'ready') return null;
  if (state.state === 'done') {
    return (
      <p class="quiet" role="status">
        {state.text}
      </p>
    );
  }
  if (state.state === 'failed') {
    return (
      <p class="field-problem" role="alert">
        {state.error.message}
        {state.error.hint !== undefined && <span class="quiet"> {state.error.hint}</span>}
      </p>
    );
  }
  const { step, share, cancel } = state;
  return (
    <div class="row" role="status">
      <span class="name">
        {step}
        {share !== null && `, ${Math.floor(100 * share)} %`}
      </span>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}
