import { statusTones, statusWords, type AnyStatus } from '../../state/words.ts';
import { Icon, type IconName } from './icon.tsx';

const icons: Readonly<Record<AnyStatus, IconName>> = {
  pending: 'clock',
  running: 'running',
  paused: 'pause',
  completed: 'check',
  partial_success: 'warning',
  failed: 'cross',
  cancelled: 'forbidden',
  skipped: 'skip',
  passed: 'check',
  warning: 'warning',
  error: 'cross',
  cancelling: 'stop',
};

export function StatusChip({ status }: { readonly status: AnyStatus }) {
  return (
    <span class={`chip chip-${statusTones[status]}`}>
      <Icon name={icons[status]} />
      <span>{statusWords[status]}</span>
    </span>
  );
}
