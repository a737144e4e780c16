import type { Operation } from '../../../daemon/protocol/entities.ts';
import { attemptText } from '../../state/operations.ts';
import { ErrorView } from './errorView.tsx';

/** Every try: when, how long, and how it ended. The error of the last one stands above already. */
export function Attempts({ operation }: { readonly operation: Operation }) {
  const { attempts } = operation;
  if (attempts.length === 0) return null;
  return (
    <section aria-label="Attempts">
      <h4>Attempts</h4>
      <ol class="attempts">
        {attempts.map((each, at) => (
          <li key={each.attempt}>
            {attemptText(each, at === attempts.length - 1 ? operation.status : undefined)}
            {each.error === undefined || at === attempts.length - 1 ? null : <ErrorView error={each.error} />}
          </li>
        ))}
      </ol>
    </section>
  );
}
