/**
 * The editor of queries, which is loaded when the panel is opened. It lives in a shadow root: there its styles are adopted
 * style sheets, while in the document they would be style elements, which the policy of the page forbids.
 */

import { autocompletion, closeBrackets, closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLite, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { SqlSpan } from '../../src/view/wire/sql.js';
import type { Schema } from './schema.js';

export interface EditorOptions {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onStop: () => void;
}

export interface SqlEditor {
  /** Replaces the text if it is another one. */
  setText(text: string): void;
  setSchema(schema: Schema): void;
  /** Marks a part of the text until the text changes. */
  mark(span: SqlSpan | undefined): void;
  focus(): void;
  close(): void;
}

const setMark = StateEffect.define<SqlSpan | undefined>();
const MARK = Decoration.mark({ class: 'cm-problem', attributes: { 'aria-invalid': 'true' } });

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, { docChanged, effects, newDoc }) {
    let next = docChanged ? Decoration.none : shown;
    for (const effect of effects) {
      if (!effect.is(setMark)) continue;
      const { from = 0, to = 0 } = effect.value ?? {};
      const end = Math.min(to, newDoc.length);
      // An empty part, at the end, shows with the character before it.
      const begin = Math.max(0, Math.min(from, end - 1));
      next =
        effect.value === undefined || begin >= end ? Decoration.none : Decoration.set(MARK.range(begin, end));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Colors are those of the page, light or dark: variables reach into the shadow root.
const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'ui-monospace, monospace', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-line': { padding: '0 10px' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-problem': { textDecoration: 'underline wavy var(--warn) 1.5px', textUnderlineOffset: '3px' },
  '.cm-tooltip': { background: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { color: 'var(--text)', padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--accent-text)',
  },
  '.cm-completionDetail': { color: 'inherit' },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--hover)' },
});

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--z)' },
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
]);

/**
 * Replaces selected text: the browser would keep its look with a style attribute, which the policy of the page forbids.
 */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== 'insertText' || event.data === null) return false;
  event.preventDefault();
  const text = event.data;
  const insert = () =>
    view.state.update({
      ...view.state.replaceSelection(text),
      userEvent: 'input.type',
      scrollIntoView: true,
    });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
  return true;
}

/** Creates the editor in an element. */
export function openEditor(host: HTMLElement, options: EditorOptions): SqlEditor {
  const { text, onChange, onRun, onStop } = options;
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const language = new Compartment();
  const languageOf = (schema: Schema) => sql({ dialect: SQLite, schema, upperCaseKeywords: true });
  const run = (of: EditorView) => {
    closeCompletion(of);
    onRun();
    return true;
  };
  const stop = () => {
    onStop();
    return false;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Ctrl-Enter', run },
            { key: 'Mod-Enter', run },
            // It may also close the list of completions.
            { key: 'Escape', run: stop },
          ]),
        ),
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        history(),
        autocompletion({ icons: false }),
        closeBrackets(),
        bracketMatching(),
        language.of(languageOf({})),
        syntaxHighlighting(colors),
        marks,
        placeholder('SELECT id, area FROM triangle_measures WHERE area > 2'),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'SQL query' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
  // Keys are text here.
  host.addEventListener('keydown', (event) => event.stopPropagation());
  return {
    setText(next) {
      if (next === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: next.length },
      });
    },
    setSchema: (schema) => view.dispatch({ effects: language.reconfigure(languageOf(schema)) }),
    mark: (span) => view.dispatch({ effects: setMark.of(span) }),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
