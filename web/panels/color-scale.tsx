/** The legend of a column of numbers: the scale of colors, whose ends can be typed. */

import type { ColumnAnswer } from '../../src/view/wire/messages.js';
import { scaleOf } from '../columns.js';
import { NumberField } from '../filter/number-field.js';
import { formatLength } from '../format.js';
import { scaleEnds } from '../state.js';

export function ColorScale({ range }: { readonly range: ColumnAnswer }) {
  const { least, greatest } = range;
  if (least === null || greatest === null) return <p class="quiet">No triangle has a value.</p>;
  const [low, high] = scaleOf(range, scaleEnds.value);
  return (
    <fieldset class="color-scale">
      <legend class="hidden">Color scale</legend>
      <span class="viridis" aria-hidden="true" />
      <NumberField
        label="Minimum of the color scale"
        value={low}
        onChange={(next) => {
          scaleEnds.value = { ...scaleEnds.value, low: next };
        }}
      />
      <NumberField
        label="Maximum of the color scale"
        value={high}
        onChange={(next) => {
          scaleEnds.value = { ...scaleEnds.value, high: next };
        }}
      />
      <span class="quiet">
        all: {formatLength(least)} to {formatLength(greatest)}
      </span>
      <button
        type="button"
        title="Span all but the smallest and largest 2 % of the values"
        onClick={() => {
          scaleEnds.value = {};
        }}
      >
        Reset
      </button>
    </fieldset>
  );
}
