import { useId } from 'preact/hooks';
import type { Choice } from './dropdown.tsx';

export interface RadioGroupProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
}

/** Native: radio buttons of the toolkit lose the chosen one when their group is drawn anew. */
export function RadioGroup<T extends string>({ label, value, choices, onChange }: RadioGroupProps<T>) {
  const name = useId();
  return (
    <fieldset class="field radio-group">
      <legend class="label">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="radio">
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}
