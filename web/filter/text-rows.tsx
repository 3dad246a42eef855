/** Conditions and queries of the filter, each with its error. */

import type { ErrorAnswer } from '../../src/view/wire/messages.js';
import { filter, shownSet } from '../state.js';
import { dropPart, setItem } from './filter-parts.js';
import { RemoveButton } from './remove-button.js';

/** The field that the key for the filter focuses. */
export const FIRST_FIELD = 'filter-where';

/** Letters of a condition that the message of its error begins with. */
const SHOWN = 24;

export function WhereRows() {
  const texts = filter.value.where ?? [];
  const rows = texts.length === 0 ? [''] : texts;
  return (
    <>
      {rows.map((text, index) => {
        const error = errorOf('where', index, rows);
        return (
          <div key={index} class="condition">
            <div class="row">
              <textarea
                id={index === 0 ? FIRST_FIELD : undefined}
                rows={1}
                spellcheck={false}
                autocapitalize="off"
                class="code"
                aria-label={index === 0 ? 'Where' : `Where, condition ${index + 1}`}
                aria-invalid={error !== undefined}
                aria-describedby={error === undefined ? undefined : `where-error-${index}`}
                placeholder="area > 2 and max_z < 10"
                value={text}
                onInput={({ currentTarget: { value } }) => {
                  filter.value = setItem(filter.value, 'where', index, value);
                }}
                onKeyDown={(event) => {
                  // A condition is one line for most; Shift-Enter begins another.
                  if (event.key === 'Enter' && !event.shiftKey) event.preventDefault();
                }}
              />
              {(rows.length > 1 || text !== '') && (
                <RemoveButton
                  what={`condition ${index + 1}`}
                  onClick={() => {
                    filter.value = dropPart(filter.value, { name: 'where', index });
                  }}
                />
              )}
            </div>
            <Problem id={`where-error-${index}`} error={error} />
          </div>
        );
      })}
    </>
  );
}

/** Queries, which other panels set: they are shown, and can be removed. */
export function SqlRows() {
  const texts = filter.value.sql ?? [];
  return (
    <>
      {texts.map((text, index) => (
        <div key={index} class="condition">
          <div class="row">
            <span class="tag">SQL</span>
            <code class="name" title={text}>
              {text}
            </code>
            <RemoveButton
              what={`query ${index + 1}`}
              onClick={() => {
                filter.value = dropPart(filter.value, { name: 'sql', index });
              }}
            />
          </div>
          <Problem id={`sql-error-${index}`} error={errorOf('sql', index, texts)} />
        </div>
      ))}
    </>
  );
}

function Problem({ id, error }: { readonly id: string; readonly error: ErrorAnswer | undefined }) {
  if (error === undefined) return null;
  return (
    <p id={id} class="field-problem" role="alert">
      {error.message.replace(/^filter\.\w+: /, '')}
      {error.hint !== undefined && <span class="quiet"> {error.hint}</span>}
    </p>
  );
}

/** The error of a condition or query: its message begins with the text. */
function errorOf(name: 'where' | 'sql', index: number, texts: readonly string[]): ErrorAnswer | undefined {
  if (shownSet.value.state !== 'failed') return undefined;
  const { error } = shownSet.value;
  if (error.option !== `filter.${name}`) return undefined;
  const starts = texts.map((text) => error.message.includes(`${text.trim().slice(0, SHOWN)}`));
  const found = starts.lastIndexOf(true);
  return index === (found === -1 ? 0 : found) ? error : undefined;
}
