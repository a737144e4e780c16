import { h } from 'preact';
import './toolkit.ts';

export function ProgressRing({ label }: { readonly label: string }) {
  return (
    <div class="loading" role="status">
      {h('vscode-progress-ring', { 'aria-hidden': 'true' })}
      <span>{label}</span>
    </div>
  );
}
