/** Queries: an editor, the rows, and what can be done with them. */

import { useEffect, useState } from 'preact/hooks';
import { countOf, formatBytes } from '../format.js';
import { downloadCsv } from '../sql/download.js';
import { EditorBox } from '../sql/editor-box.js';
import { Grid } from '../sql/grid.js';
import { history } from '../sql/history.js';
import { describe, isGoingOn, result, runSql, type SqlResult, stopSql } from '../sql/run-sql.js';
import { asFilter } from '../sql/triangle-query.js';
import { filter, showsSql, sqlText } from '../state.js';

export function SqlPanel() {
  const isOpen = showsSql.value;
  return (
    <div class={`sql${isOpen ? ' open' : ''}`}>
      <div class="sql-bar">
        <button
          type="button"
          class="sql-toggle"
          title="Open or close SQL (S)"
          aria-expanded={isOpen}
          onClick={() => {
            showsSql.value = !isOpen;
          }}
        >
          SQL
        </button>
        {isOpen && <Tools />}
      </div>
      {isOpen && (
        <div class="sql-body">
          <EditorBox />
          <Answer />
        </div>
      )}
    </div>
  );
}

interface Recipe {
  readonly question: string;
  readonly query: string;
}

function Tools() {
  const [recipes, setRecipes] = useState<readonly Recipe[]>([]);
  useEffect(() => {
    fetch('/cookbook.json')
      .then((response) => response.json())
      .then(setRecipes, () => undefined);
  }, []);
  const isRunning = result.value !== undefined && isGoingOn(result.value);
  return (
    <>
      <button type="button" title="Run the query (Ctrl-Enter)" onClick={() => void runSql(sqlText.value)}>
        Run
      </button>
      <button type="button" title="Stop the query (Esc)" disabled={!isRunning} onClick={stopSql}>
        Stop
      </button>
      <Choice
        label="Cookbook"
        options={recipes.map(({ question, query }) => ({ shown: question, text: query }))}
      />
      <Choice
        label="History"
        options={history.value.map((query) => ({
          shown: query.replace(/\s+/g, ' ').slice(0, 80),
          text: query,
        }))}
      />
      <span class="space" />
      {result.value !== undefined && <Uses result={result.value} />}
    </>
  );
}

/** A list from which a query is put into the editor. */
function Choice(props: {
  readonly label: string;
  readonly options: readonly { readonly shown: string; readonly text: string }[];
}) {
  const { label, options } = props;
  return (
    <select
      aria-label={label}
      value=""
      disabled={options.length === 0}
      onChange={({ currentTarget }) => {
        const chosen = options[Number(currentTarget.value)];
        if (chosen !== undefined) sqlText.value = chosen.text;
        currentTarget.value = '';
      }}
    >
      <option value="">{label}</option>
      {options.map(({ shown, text }, k) => (
        <option key={text} value={k}>
          {shown}
        </option>
      ))}
    </select>
  );
}

/** What can be done with rows: show their triangles, save them. */
function Uses({ result: shown }: { readonly result: SqlResult }) {
  const [saving, setSaving] = useState<AbortController | undefined>(undefined);
  const [note, setNote] = useState('');
  const triangles = shown.state === 'failed' ? undefined : asFilter(shown.query, shown.columns);
  const download = async () => {
    const run = new AbortController();
    setSaving(run);
    try {
      await downloadCsv(shown.query, run.signal, (count) => setNote(`${formatBytes(count)} of CSV`));
      setNote('');
    } catch (error) {
      setNote(run.signal.aborted ? '' : describe(error).message);
    }
    setSaving(undefined);
  };
  return (
    <>
      {note !== '' && <output class="quiet">{note}</output>}
      <button
        type="button"
        title="Show only the triangles of these rows"
        disabled={triangles === undefined}
        onClick={() => {
          filter.value = triangles!;
        }}
      >
        Show in 3D
      </button>
      {saving === undefined ? (
        <button
          type="button"
          title="Save all rows as CSV"
          disabled={shown.columns.length === 0}
          onClick={() => void download()}
        >
          CSV
        </button>
      ) : (
        <button type="button" onClick={() => saving.abort()}>
          Stop CSV
        </button>
      )}
    </>
  );
}

function Answer() {
  const shown = result.value;
  if (shown === undefined) {
    return (
      <div class="sql-answer">
        <p class="sql-note quiet">Ctrl-Enter runs the query. A row with the id of a triangle leads to it.</p>
      </div>
    );
  }
  const { error, columns } = shown;
  return (
    <div class="sql-answer">
      {error === undefined ? (
        <p class="sql-note quiet" role="status">
          {describeRows(shown)}
        </p>
      ) : (
        <div class="sql-note sql-error" role="alert">
          <p>{error.message}</p>
          {error.hint !== undefined && <p class="quiet">{error.hint}</p>}
        </div>
      )}
      {columns.length > 0 && <Grid result={shown} />}
    </div>
  );
}

function describeRows({ rows, state, isCut, milliseconds }: SqlResult): string {
  const count = `${isCut ? 'the first ' : ''}${countOf(rows.length, 'row')}`;
  const seconds = `${(milliseconds / 1000).toLocaleString('en-US', { maximumSignificantDigits: 2 })} s`;
  if (state === 'waiting') return 'waiting for another query, an export or the search for flaws';
  if (state === 'running') return `running, ${count}`;
  if (state === 'stopped') return `stopped, ${count}`;
  return `${count}, ${seconds}${isCut ? '; CSV has all' : ''}`;
}
