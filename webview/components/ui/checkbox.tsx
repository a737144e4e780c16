import { h, type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import './toolkit.ts';

export interface CheckboxProps {
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly children?: ComponentChildren;
  readonly label?: string;
  readonly isMixed?: boolean;
}

export function Checkbox({ isChecked, onChange, children, label, isMixed = false }: CheckboxProps) {
  const element = useRef<HTMLElement & { checked: boolean; indeterminate: boolean }>(null);
  // Set from here alone: while it takes what it is told, the element tells of a change as if the person had made it.
  const isTelling = useRef(false);
  useEffect(() => {
    if (element.current === null) return;
    isTelling.current = true;
    element.current.checked = isChecked;
    element.current.indeterminate = isMixed;
    isTelling.current = false;
  }, [isChecked, isMixed]);
  useLayoutEffect(() => {
    // The toolkit names it after its text as it was at first, or just "Checkbox".
    if (label === undefined) element.current?.removeAttribute('aria-label');
    else element.current?.setAttribute('aria-label', label);
  }, [label]);
  return h(
    'vscode-checkbox',
    {
      ref: element,
      onChange: (event: Event) => {
        const { checked } = event.target as HTMLInputElement;
        if (!isTelling.current && checked !== isChecked) onChange(checked);
      },
    },
    children,
  );
}
