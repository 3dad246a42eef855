/** A field for a number: what is typed counts as soon as it is one. */

import { useEffect, useState } from 'preact/hooks';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly isInteger?: boolean;
  readonly onChange: (value: number) => void;
}

export function NumberField({ label, value, min, max, isInteger = false, onChange }: NumberFieldProps) {
  const [text, setText] = useState(textOf(value));
  // The value may change elsewhere; what is being typed stays as it is while it means the same.
  useEffect(() => {
    if (Number(text) !== value) setText(textOf(value));
  }, [value]);
  const read = (typed: string): number | undefined => {
    const number = Number(typed);
    const isValid =
      typed.trim() !== '' && Number.isFinite(number) && (!isInteger || Number.isInteger(number));
    return isValid && number >= (min ?? -Infinity) && number <= (max ?? Infinity) ? number : undefined;
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      class="number-field"
      aria-label={label}
      aria-invalid={read(text) === undefined}
      value={text}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value);
        const number = read(currentTarget.value);
        if (number !== undefined) onChange(number);
      }}
    />
  );
}

/** Ten digits suffice for a person, and for a box of a mesh in float32. */
function textOf(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(10)));
}
