import type { OperationError } from '../../../daemon/protocol/errors.ts';
import { visible } from '../../state/format.ts';
import { Icon } from '../ui/icon.tsx';
import { visibleLines } from './lines.ts';

/** An error whole: its kind and code, what happened, what to do, and for those who look deeper its details and stack. */
export function ErrorView({ error }: { readonly error: OperationError }) {
  const { kind, code, message, hint, details, stack } = error;
  return (
    <div class="error-box">
      <p>
        <Icon name="warning" /> <strong>{visible(kind.replaceAll('_', ' '))}</strong>{' '}
        <span class="caption">{visible(code)}</span>
      </p>
      <p class="error-message">{visible(message)}</p>
      {hint === undefined ? null : <p class="error-message">{visible(hint)}</p>}
      {details === undefined ? null : <Folded title="Details" text={JSON.stringify(details, null, 2)} />}
      {stack === undefined ? null : <Folded title="Stack" text={stack} />}
    </div>
  );
}

function Folded({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <details>
      <summary>{title}</summary>
      <pre class="code" tabIndex={0} aria-label={title}>
        {visibleLines(text)}
      </pre>
    </details>
  );
}
