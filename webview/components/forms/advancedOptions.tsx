import { useEffect, useState } from 'preact/hooks';
import { namesIn, own } from '../../state/dependencies.ts';
import type { Forms, FormName, Problems } from '../../state/forms.ts';
import { visible } from '../../state/format.ts';
import { Name } from '../ui/name.tsx';
import { TextField } from '../ui/textField.tsx';

export interface AdvancedOptionsProps<F extends FormName> {
  readonly name: F;
  readonly form: Forms[F];
  readonly onChange: (part: Partial<Forms[F]>) => void;
  readonly problems: Problems;
}

/** What few batches need: closed, unless something of it is set or wrong. */
export function AdvancedOptions<F extends FormName>(props: AdvancedOptionsProps<F>) {
  const { name, form, onChange, problems } = props;
  const isWrong = Object.keys(problems).some((field) => field === 'priority' || field.startsWith('after '));
  const [isOpen, setOpen] = useState(isSet(form));
  useEffect(() => {
    if (isWrong) setOpen(true);
  }, [isWrong]);
  return (
    <details class="form-advanced" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Advanced</summary>
      {isOpen ? (
        <>
          <TextField
            label="Priority"
            value={form.priority}
            placeholder="0"
            hint="From -100 to 100; higher goes first."
            problem={problems['priority']}
            onInput={(priority) => onChange({ priority } as Partial<Forms[F]>)}
          />
          {name === 'pipelines' ? (
            <RunsAfter
              form={form as Forms['pipelines']}
              onChange={(after) => onChange({ after } as unknown as Partial<Forms[F]>)}
              problems={problems}
            />
          ) : null}
        </>
      ) : null}
    </details>
  );
}

function isSet(form: Forms[FormName]): boolean {
  const isAfterSet = 'after' in form && form.chosen.some((id) => namesIn(own(form.after, id)).length > 0);
  return form.priority.trim() !== '' || isAfterSet;
}

interface RunsAfterProps {
  readonly form: Forms['pipelines'];
  readonly onChange: (after: Record<string, string>) => void;
  readonly problems: Problems;
}

/** A pipeline begins once those it runs after are completed, and is skipped if one of them is not. */
function RunsAfter({ form: { chosen, after }, onChange, problems }: RunsAfterProps) {
  if (chosen.length < 2) {
    return <p class="hint">Tick two pipelines or more to say which of them runs after which.</p>;
  }
  return (
    <div class="runs-after" role="group" aria-label="Order of pipelines">
      <strong>Runs after</strong>
      <p class="hint">
        A pipeline begins once those it runs after are completed. Write their names, separated by commas.
      </p>
      <ul>
        {chosen.map((id) => (
          <li key={id}>
            <Name text={id} />
            <TextField
              label={`${visible(id, 100)} runs after`}
              isLabelHidden
              value={own(after, id) ?? ''}
              placeholder="nothing"
              problem={problems[`after ${id}`]}
              onInput={(text) => onChange({ ...after, [id]: text })}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
