import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount, visible } from '../../state/format.ts';
import { Checkbox } from '../ui/checkbox.tsx';
import { Name } from '../ui/name.tsx';
import { TextField } from '../ui/textField.tsx';

export interface ListChoice {
  readonly id: string;
  readonly name: string;
  /** Found by the search beside the name. */
  readonly detail: string;
  /** Why it cannot be chosen. */
  readonly obstacle?: string;
  readonly status?: ComponentChildren;
}
export interface ChoiceListProps {
  readonly title: string;
  readonly what: string;
  readonly choices: readonly ListChoice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly problem?: string;
}

/** Boxes to tick, a search, and one box for all that the search leaves. The order of the list is the order of the job. */
export function ChoiceList({ title, what, choices, chosen, onChange, problem }: ChoiceListProps) {
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = choices.filter(({ name, detail }) => `${name} ${detail}`.toLowerCase().includes(wanted));
  const possible = shown.filter(({ obstacle }) => obstacle === undefined);
  const set = new Set(chosen);
  const chosenShown = possible.filter(({ id }) => set.has(id)).length;
  const choose = (ids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    onChange(choices.map(({ id }) => id).filter((id) => next.has(id)));
  };
  return (
    <fieldset class={problem === undefined ? 'choices' : 'choices has-problem'}>
      <legend>{title}</legend>
      <div class="row">
        <TextField
          label={`Search ${what}s`}
          isLabelHidden
          value={text}
          placeholder="Search"
          onInput={setText}
        />
        <Checkbox
          isChecked={possible.length > 0 && chosenShown === possible.length}
          isMixed={chosenShown > 0 && chosenShown < possible.length}
          onChange={(isChosen) =>
            choose(
              possible.map(({ id }) => id),
              isChosen,
            )
          }
        >
          Select all{wanted === '' ? '' : ' found'}
        </Checkbox>
        <span class="caption" role="status">
          {formatCount(chosen.length)} of {formatCount(choices.length)} selected
        </span>
      </div>
      <ul class="choice-list">
        {shown.map((choice) => (
          <li key={choice.id} class="choice">
            {choice.obstacle === undefined ? (
              <Checkbox
                isChecked={set.has(choice.id)}
                onChange={(isChosen) => choose([choice.id], isChosen)}
                label={visible(choice.name, 200)}
              />
            ) : (
              <span class="choice-obstacle" aria-hidden="true" />
            )}
            <div class="two-lines">
              <Name text={choice.name} />
              <span class="second">{choice.obstacle ?? visible(choice.detail, 300)}</span>
            </div>
            <div class="choice-status">{choice.status}</div>
          </li>
        ))}
        {shown.length === 0 ? <li class="caption">No {what} has this in its name.</li> : null}
      </ul>
    </fieldset>
  );
}
