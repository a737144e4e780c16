import { useId } from 'preact/hooks';

export interface DateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}

/** Native: the toolkit has no field for dates. */
export function DateField({ label, value, onChange }: DateFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class="label">
        {label}
      </label>
      <input
        id={id}
        type="date"
        class="native-field"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}
