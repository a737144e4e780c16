/** What a check of connections comes to. Free of vscode. */
import { formatCount } from '../../../daemon/client/text.ts';
import type { ConnectionProbe } from '../../views/connectionStatus.ts';
import { quoted, sentence, stopped } from '../words.ts';

export interface ProjectProbe extends ConnectionProbe {
  readonly projectDir: string;
}

export interface ProbeSummary {
  readonly failed: readonly ProjectProbe[];
  /** Names the first that failed, and why. */
  readonly message: string;
  /** What “Set Secret” is called with, if a secret without a value is what is wrong. */
  readonly secret?: { readonly project_dir: string; readonly name: string };
}

export function summaryOf(probes: readonly ProjectProbe[]): ProbeSummary {
  const failed = probes.filter(({ ok }) => !ok);
  const [first] = failed;
  if (first === undefined) return { failed, message: '' };
  const count =
    probes.length === 1
      ? `${quoted(first.connection)} cannot be opened: `
      : `${formatCount(failed.length)} of ${formatCount(probes.length)} connections cannot be opened. ${quoted(first.connection)}: `;
  const reason = first.error?.message ?? 'nobody says why';
  const hint = first.error?.hint;
  const message = count + stopped(reason) + (hint === undefined ? '' : ` ${sentence(hint)}`);
  const lacking = failed.flatMap(({ projectDir, error }) => {
    const name = /\$\{secret:([^}]+)\}/.exec(error?.message ?? '')?.[1];
    return name === undefined ? [] : [{ project_dir: projectDir, name }];
  });
  return { failed, message, secret: lacking[0] };
}
