import { h } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import './toolkit.ts';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly problem?: string;
  /** A label that is read aloud and not shown. */
  readonly isLabelHidden?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onInput, placeholder, hint, problem, isLabelHidden = false } = props;
  const element = useRef<HTMLElement & { value: string }>(null);
  const noteId = useId();
  useEffect(() => {
    if (element.current !== null && element.current.value !== value) element.current.value = value;
  }, [value]);
  useLayoutEffect(() => {
    // The toolkit names it after its text as it was at first, or just "Text field".
    element.current?.setAttribute('aria-label', label);
  }, [label]);
  const note = problem ?? hint;
  return (
    <div class={problem === undefined ? 'field' : 'field has-problem'}>
      {h(
        'vscode-text-field',
        {
          ref: element,
          placeholder,
          maxlength: 2000,
          'aria-invalid': problem === undefined ? undefined : 'true',
          'aria-description': note,
          onInput: (event: Event) => onInput((event.target as HTMLInputElement).value),
        },
        isLabelHidden ? null : label,
      )}
      {note === undefined ? null : (
        <p id={noteId} class={problem === undefined ? 'hint' : 'problem'}>
          {note}
        </p>
      )}
    </div>
  );
}
