/** The place of the editor in the page: loads it, and keeps it and the state of the page in step. */

import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { mesh, sqlText } from '../state.js';
import type { SqlEditor } from './editor.js';
import { result, runSql, stopSql } from './run-sql.js';
import { readSchema } from './schema.js';

export function EditorBox() {
  const host = useRef<HTMLDivElement>(null);
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    const closing = new AbortController();
    start(host.current!, closing.signal).catch(() => setMissing(true));
    return () => closing.abort();
  }, []);
  return (
    <div class="sql-editor">
      <div ref={host} class="sql-host" />
      {isMissing && <p class="problem">The editor could not be loaded; reload the page.</p>}
    </div>
  );
}

async function start(host: HTMLElement, signal: AbortSignal): Promise<void> {
  const { openEditor } = await import('./editor.js');
  if (signal.aborted) return;
  const editor = openEditor(host, {
    text: sqlText.value,
    onChange: (text) => {
      sqlText.value = text;
    },
    onRun: () => void runSql(sqlText.value),
    onStop: stopSql,
  });
  const unfollow = [
    effect(() => editor.setText(sqlText.value)),
    effect(() => {
      const { error, query } = result.value ?? {};
      // The text may have changed while the query ran.
      if (query === sqlText.peek()) editor.mark(error?.span);
    }),
  ];
  editor.focus();
  unfollow.push(
    effect(() => {
      if (mesh.value === undefined) return;
      // Another mesh may have other tables.
      const asking = new AbortController();
      void complete(editor, host, asking.signal);
      return () => asking.abort();
    }),
  );
  signal.addEventListener('abort', () => {
    for (const end of unfollow) end();
    editor.close();
  });
}

/** Completes names of tables and columns from now on. */
async function complete(editor: SqlEditor, host: HTMLElement, signal: AbortSignal): Promise<void> {
  // Without the schema, there is no completion of names, and the reason shows with the first query.
  const schema = await readSchema(signal).catch(() => ({}));
  if (signal.aborted) return;
  editor.setSchema(schema);
  host.dataset.schema = 'known';
}
