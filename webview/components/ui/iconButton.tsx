import { Icon, type IconName } from './icon.tsx';

export interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, to whom: read aloud and shown as a tooltip. */
  readonly label: string;
  readonly onPress: () => void;
  readonly isDisabled?: boolean;
  readonly isTabStop?: boolean;
}

/**
 * Native: the toolkit's icon button cannot be left out of the order of Tab, which grids of many rows need, and a thousand of
 * them are a thousand shadow trees.
 */
export function IconButton({ icon, label, onPress, isDisabled, isTabStop = true }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-label={label}
      disabled={isDisabled}
      tabIndex={isTabStop ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
