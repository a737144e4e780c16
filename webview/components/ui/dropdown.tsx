import { useId } from 'preact/hooks';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}
export interface DropdownProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly isLabelHidden?: boolean;
}

/** Native: the toolkit's dropdown opens inside the page, where a narrow panel cuts its list off. */
export function Dropdown<T extends string>(props: DropdownProps<T>) {
  const { label, value, choices, onChange, isLabelHidden = false } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={isLabelHidden ? 'visually-hidden' : 'label'}>
        {label}
      </label>
      <select
        id={id}
        class="dropdown"
        value={value}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}
