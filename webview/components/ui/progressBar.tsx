import type { Progress } from '../../../daemon/protocol/entities.ts';
import { formatCount, formatPercent } from '../../state/format.ts';

/** Parts of the bar are what came of the operations; the words beside it say the same. */
export function ProgressBar({ progress, label }: { readonly progress: Progress; readonly label: string }) {
  const { total, completed, failed, skipped, cancelled, percent } = progress;
  const share = (count: number) => `${total === 0 ? 0 : (100 * count) / total}%`;
  const rest = Math.max(
    0,
    percent - (total === 0 ? 0 : (100 * (completed + failed + skipped + cancelled)) / total),
  );
  return (
    <div class="progress">
      <div
        class="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(percent)}
      >
        <span class="part part-good" style={{ width: share(completed) }} />
        <span class="part part-bad" style={{ width: share(failed) }} />
        <span class="part part-quiet" style={{ width: share(skipped + cancelled) }} />
        <span class="part part-live" style={{ width: `${rest}%` }} />
      </div>
      <span class="progress-percent">{formatPercent(percent)}</span>
    </div>
  );
}

/** `12 of 40 · 2 failed · 1 skipped`. */
export function countsText({ total, completed, failed, skipped, cancelled }: Progress): string {
  const done = completed + failed + skipped + cancelled;
  const parts = [`${formatCount(done)} of ${formatCount(total)}`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (skipped > 0) parts.push(`${formatCount(skipped)} skipped`);
  if (cancelled > 0) parts.push(`${formatCount(cancelled)} cancelled`);
  return parts.join(' · ');
}
