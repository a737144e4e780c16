import type { ComponentChildren } from 'preact';

export interface EmptyStateProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Nothing to show: why, and what to do. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
