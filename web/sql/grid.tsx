/** The rows of a query. Only those in sight are elements of the page, so any number is quick. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { inspectTriangle, lookAtPicked } from '../inspect.js';
import { lookAt, ROW_PIXELS, rowsInSight } from './grid-layout.js';
import type { SqlResult } from './run-sql.js';
import { formatValue } from './values.js';

export function Grid({ result }: { readonly result: SqlResult }) {
  const { columns, rows } = result;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(300);
  const [selected, setSelected] = useState(-1);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 0));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    box.current!.scrollTop = 0;
    setSelected(-1);
  }, [rows]);

  const looks = lookAt(columns, rows);
  const { first, end } = rowsInSight(top, height, rows.length);
  const triangles = columns.findIndex(({ isTriangle }) => isTriangle);
  const fly = (row: number) => {
    const id = rows[row]?.[triangles];
    if (typeof id === 'number') void inspectTriangle(id).then(lookAtPicked);
  };
  const select = (row: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, row));
    setSelected(next);
    const { current } = box;
    const at = next * ROW_PIXELS;
    // The head covers the height of a row.
    if (at < current!.scrollTop) current!.scrollTop = at;
    else if (at + 2 * ROW_PIXELS > current!.scrollTop + height)
      current!.scrollTop = at + 2 * ROW_PIXELS - height;
  };
  const page = Math.max(1, Math.floor(height / ROW_PIXELS) - 2);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: selected + 1,
    ArrowUp: selected - 1,
    PageDown: selected + page,
    PageUp: selected - page,
    Home: 0,
    End: rows.length - 1,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (rows.length === 0) return;
    if (event.key === 'Enter') fly(selected);
    else if (moves[event.key] !== undefined) select(moves[event.key]!);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={box} class="grid" onScroll={() => setTop(box.current!.scrollTop)}>
      <div style={{ padding: `${first * ROW_PIXELS}px 0 ${(rows.length - end) * ROW_PIXELS}px` }}>
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys select rows
          role="grid"
          aria-label="Rows"
          aria-rowcount={rows.length + 1}
          aria-activedescendant={selected >= first && selected < end ? `row-${selected}` : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(({ name }, k) => (
                <th
                  key={k}
                  scope="col"
                  class={looks[k]!.isRight ? 'numeric' : undefined}
                  style={{ width: `${looks[k]!.width}ch` }}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(first, end).map((row, k) => (
              <tr
                key={first + k}
                id={`row-${first + k}`}
                aria-rowindex={first + k + 2}
                aria-selected={first + k === selected}
                class={triangles >= 0 ? 'leads' : undefined}
                onClick={() => {
                  setSelected(first + k);
                  fly(first + k);
                }}
              >
                {row.map((value, j) => (
                  <td key={j} class={value === null ? 'null' : looks[j]!.isRight ? 'numeric' : undefined}>
                    {formatValue(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
