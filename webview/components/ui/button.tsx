import { h, type ComponentChildren } from 'preact';
import './toolkit.ts';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress: () => void;
  readonly kind?: 'primary' | 'secondary';
  readonly isDisabled?: boolean;
  /** While what it started is under way: it cannot be pressed again. */
  readonly isBusy?: boolean;
  readonly id?: string;
}

export function Button({ children, onPress, kind = 'secondary', isDisabled, isBusy, id }: ButtonProps) {
  const isOff = isDisabled === true || isBusy === true;
  return h(
    'vscode-button',
    {
      id,
      appearance: kind,
      disabled: isOff,
      'aria-busy': isBusy === true ? 'true' : undefined,
      onClick: () => {
        if (!isOff) onPress();
      },
    },
    children,
  );
}
