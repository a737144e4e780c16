import type { FormName, Forms, Options, Problems } from '../../state/forms.ts';
import { suggestedName } from '../../state/forms.ts';
import { Checkbox } from '../ui/checkbox.tsx';
import { RadioGroup } from '../ui/radioGroup.tsx';
import { Slider } from '../ui/slider.tsx';
import { TextField } from '../ui/textField.tsx';
import { AdvancedOptions } from './advancedOptions.tsx';

export interface JobOptionsProps<F extends FormName> {
  readonly name: F;
  readonly form: Forms[F];
  readonly onChange: (part: Partial<Forms[F]>) => void;
  readonly problems: Problems;
}

const orders = [
  { value: 'parallel', label: 'In parallel' },
  { value: 'sequential', label: 'One after the other' },
] as const;

export function JobOptions<F extends FormName>({
  name,
  form,
  onChange: change,
  problems,
}: JobOptionsProps<F>) {
  const onChange = (part: Partial<Options>) => change(part as Partial<Forms[F]>);
  return (
    <fieldset class="form-options">
      <legend>Job</legend>
      <TextField
        label="Job name"
        value={form.job_name}
        placeholder={suggestedName(name, new Date())}
        onInput={(job_name) => onChange({ job_name })}
      />
      <TextField
        label="Tags"
        value={form.tags}
        placeholder="daily, release 7"
        hint="Separated by commas."
        onInput={(tags) => onChange({ tags })}
      />
      <RadioGroup
        label="Order"
        value={form.is_parallel ? 'parallel' : 'sequential'}
        choices={orders}
        onChange={(order) => onChange({ is_parallel: order === 'parallel' })}
      />
      <Slider
        label="Workers"
        value={form.workers}
        least={1}
        most={10}
        isDisabled={!form.is_parallel}
        onChange={(workers) => onChange({ workers })}
      />
      <Checkbox isChecked={form.stop_on_error} onChange={(stop_on_error) => onChange({ stop_on_error })}>
        Stop on error
      </Checkbox>
      <TextField
        label="Timeout of an operation"
        value={form.timeout}
        placeholder="30m"
        problem={problems['timeout']}
        onInput={(timeout) => onChange({ timeout })}
      />
      <TextField
        label="Attempts"
        value={form.attempts}
        hint="In all; only errors that may pass are tried again."
        problem={problems['attempts']}
        onInput={(attempts) => onChange({ attempts })}
      />
      <AdvancedOptions name={name} form={form} onChange={change} problems={problems} />
    </fieldset>
  );
}
