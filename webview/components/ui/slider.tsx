import { useId } from 'preact/hooks';

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
  readonly isDisabled?: boolean;
}

/** Native: the toolkit has no slider. */
export function Slider({ label, value, least, most, onChange, isDisabled }: SliderProps) {
  const id = useId();
  const share = `${(100 * (value - least)) / (most - least)}%`;
  return (
    <div class="field">
      <label for={id} class="label">
        {label}: <output for={id}>{value}</output>
      </label>
      <input
        id={id}
        type="range"
        class="slider"
        style={{ '--share': share }}
        min={least}
        max={most}
        step={1}
        value={value}
        disabled={isDisabled}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
