import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestContext } from 'vitest';
import type { VsCode } from '../../support/vscode.ts';
import type { Workbench } from '../pages/workbench.ts';

const folder = resolve(import.meta.dirname, '../../../test-results');

/** After a failed test: a picture of the window, what was written to its consoles, and the daemon's log, in test-results. */
export async function keepEvidence(
  { task }: TestContext,
  vscode: VsCode,
  ...windows: Workbench[]
): Promise<void> {
  if (task.result?.state !== 'fail') return;
  mkdirSync(folder, { recursive: true });
  const name = join(folder, task.name.replaceAll(/\W+/g, '-').slice(0, 80));
  for (const [index, { page }] of windows.entries())
    await page.screenshot({ path: `${name}-${index + 1}.png` });
  writeFileSync(`${name}.log`, vscode.log());
  const daemonLog = join(vscode.dataDir, 'logs', 'daemon.log');
  if (existsSync(daemonLog)) copyFileSync(daemonLog, `${name}.daemon.log`);
}
