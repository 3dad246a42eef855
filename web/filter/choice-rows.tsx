/** Parts, sources, components, saved filters, kinds to leave out, sample and limit. */

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { type ComponentChoice, DROPPABLE } from '../../src/filter/triangle-filter.js';
import type { FilterLine } from '../../src/view/wire/messages.js';
import { getFilters } from '../api.js';
import { filter, mesh } from '../state.js';
import { dropPart, readComponent } from './filter-parts.js';
import { NumberField } from './number-field.js';
import { RemoveButton } from './remove-button.js';

/** The saved filters; undefined before they are known. */
const savedFilters = signal<readonly FilterLine[] | undefined>(undefined);

/** Rows for the conditions that the filter has. */
export function ChoiceRows() {
  const { parts, sources, components, saved, drop, sample, limit } = filter.value;
  const { parts: knownParts = [], sources: knownSources = [] } = mesh.value ?? {};
  return (
    <>
      {parts !== undefined && (
        <NameRow name="parts" one="part" values={parts} known={knownParts.map(({ name }) => name)} />
      )}
      {sources !== undefined && (
        <NameRow
          name="sources"
          one="source"
          values={sources}
          known={knownSources.map(({ path }) => path.split(/[/\\]/).at(-1)!)}
        />
      )}
      {components !== undefined && <ComponentRow components={components} />}
      {saved !== undefined && <SavedRow values={saved} />}
      {drop !== undefined && (
        <fieldset class="shape">
          <legend>
            Leave out
            <Remove name="drop" />
          </legend>
          {DROPPABLE.filter((kind) => kind !== 'unreferenced').map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={drop.includes(kind)}
                onChange={() => {
                  const next = drop.includes(kind) ? drop.filter((one) => one !== kind) : [...drop, kind];
                  filter.value = { ...filter.value, drop: next };
                }}
              />
              {kind}
            </label>
          ))}
        </fieldset>
      )}
      {sample !== undefined && (
        <div class="row">
          <span class="unit">sample %</span>
          <NumberField
            label="sample in percent"
            value={100 * sample.share}
            min={0}
            max={100}
            onChange={(percent) => {
              filter.value = { ...filter.value, sample: { ...sample, share: percent / 100 } };
            }}
          />
          <span class="unit">seed</span>
          <NumberField
            label="seed"
            value={sample.seed}
            min={0}
            max={2 ** 32 - 1}
            isInteger
            onChange={(seed) => {
              filter.value = { ...filter.value, sample: { ...sample, seed } };
            }}
          />
          <Remove name="sample" />
        </div>
      )}
      {limit !== undefined && (
        <div class="row">
          <span class="unit">limit</span>
          <NumberField
            label="limit"
            value={limit}
            min={0}
            isInteger
            onChange={(next) => {
              filter.value = { ...filter.value, limit: next };
            }}
          />
          <Remove name="limit" />
        </div>
      )}
    </>
  );
}

function Remove({
  name,
}: {
  readonly name: 'drop' | 'sample' | 'limit' | 'parts' | 'sources' | 'components';
}) {
  return (
    <RemoveButton
      what={name}
      onClick={() => {
        filter.value = dropPart(filter.value, { name, index: 0 });
      }}
    />
  );
}

interface NameRowProps {
  readonly name: 'parts' | 'sources' | 'saved';
  readonly one: string;
  readonly values: readonly string[];
  readonly known: readonly string[];
}

/** Names or patterns, which are entered with the known ones at hand. */
function NameRow({ name, one, values, known }: NameRowProps) {
  const set = (next: readonly string[] | undefined) => {
    filter.value = { ...filter.value, [name]: next };
  };
  return (
    <ChoiceRow
      one={one}
      chosen={values}
      known={known}
      onRemove={(index) => set(values.toSpliced(index, 1))}
      onClose={() => set(undefined)}
      onAdd={(text) => {
        if (!values.includes(text)) set([...values, text]);
        return true;
      }}
    />
  );
}

function ComponentRow({ components }: { readonly components: readonly ComponentChoice[] }) {
  const set = (next: readonly ComponentChoice[] | undefined) => {
    filter.value = { ...filter.value, components: next };
  };
  return (
    <ChoiceRow
      one="component"
      hint="number, largest, over:100"
      chosen={components.map(componentText)}
      known={['largest', '0', 'over:100']}
      onRemove={(index) => set(components.toSpliced(index, 1))}
      onClose={() => set(undefined)}
      onAdd={(text) => {
        const choice = readComponent(text);
        if (choice !== undefined) set([...components, choice]);
        return choice !== undefined;
      }}
    />
  );
}

function SavedRow({ values }: { readonly values: readonly string[] }) {
  useEffect(() => {
    void getFilters()
      .then((lines) => {
        savedFilters.value = lines;
      })
      .catch(() => undefined);
  }, []);
  const lines = savedFilters.value ?? [];
  const known = lines.flatMap((line) => ('filter' in line ? [line.name] : []));
  return (
    <>
      <NameRow name="saved" one="saved filter" values={values} known={known} />
      {savedFilters.value?.length === 0 && (
        <p class="quiet">
          None yet: <code>offload filter save</code> makes one.
        </p>
      )}
    </>
  );
}

interface ChoiceRowProps {
  readonly one: string;
  readonly hint?: string;
  readonly chosen: readonly string[];
  readonly known: readonly string[];
  readonly onRemove: (index: number) => void;
  readonly onClose: () => void;
  /** Returns whether the text is valid. */
  readonly onAdd: (text: string) => boolean;
}

function ChoiceRow({
  one,
  hint = 'name or pattern',
  chosen,
  known,
  onRemove,
  onClose,
  onAdd,
}: ChoiceRowProps) {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const add = (value: string) => {
    if (value.trim() === '') return;
    const isTaken = onAdd(value.trim());
    setWrong(!isTaken);
    if (isTaken) setText('');
  };
  const list = `known-${one.replace(' ', '-')}`;
  return (
    <div class="condition">
      <div class="row">
        <span class="tag">{one}</span>
        <input
          type="text"
          list={list}
          aria-label={`Add a ${one}`}
          aria-invalid={isWrong}
          placeholder={hint}
          value={text}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            // A choice from the list counts at once.
            if (known.includes(value)) add(value);
          }}
          onKeyDown={({ key }) => key === 'Enter' && add(text)}
          onBlur={() => add(text)}
        />
        <datalist id={list}>
          {[...new Set(known)].map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
        <RemoveButton what={`all ${one}s`} onClick={onClose} />
      </div>
      {chosen.length > 0 && (
        <ul class="chips" aria-label={`Chosen ${one}s`}>
          {chosen.map((value, index) => (
            <li key={value}>
              <span>{value === '' ? '(no name)' : value}</span>
              <RemoveButton what={value} onClick={() => onRemove(index)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function componentText(choice: ComponentChoice): string {
  if (choice.kind === 'number') return String(choice.number);
  return choice.kind === 'largest' ? 'largest' : `over:${choice.triangles}`;
}
