import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilGone } from '../support/daemon.ts';
import { trustedSettings } from '../support/vscode.ts';
import { keepEvidence } from './support/evidence.ts';
import { writeGatedBatch, type Gates } from './support/gates.ts';
import { installPackage, type Installed } from './support/installed.ts';
import { uiTimeoutMs } from './pages/support.ts';
import type { Workbench } from './pages/workbench.ts';

/** A window that goes, a second one, and a daemon that dies: nothing accepted is lost, and the tree is right again by itself. */
describe('in the middle of a run', () => {
  let installed: Installed;
  let window: Workbench;
  let gates: Gates;
  let run = 0;
  let jobName: string;

  beforeAll(async () => {
    installed = await installPackage(trustedSettings);
    window = await installed.openWindow();
    await window.showJobs();
  });
  afterEach((context) => keepEvidence(context, installed.vscode, window));
  afterAll(() => installed?.vscode.dispose());

  /** Each test starts with a job whose first operation is done and whose second one runs. */
  beforeEach(async () => {
    run += 1;
    jobName = `Gated work ${run}`;
    const file = `gated-${run}.batch.yaml`;
    gates = writeGatedBatch(installed.folder, file, jobName, ['first', 'second', 'third'], 1);
    gates.open('first');
    await window.editor.open(file);
    await window.editor.lens('Run').click();
    await window.jobs.job(jobName, 'running, 1/3').waitFor();
    await untilStates(window, 'completed', 'running', 'queued');
  });

  const untilStates = async (where: Workbench, ...states: string[]): Promise<void> => {
    const [first, second, third] = states;
    const look = async (): Promise<void> => {
      await where.jobs.expand(where.jobs.job(jobName));
      const operations = await where.jobs.operations(jobName);
      const byName = Object.fromEntries(operations.map(({ name, state }) => [name, state]));
      expect({ in: where === window ? 'the window' : 'another window', ...byName }).toMatchObject({
        first,
        second,
        third,
      });
    };
    await vi.waitFor(look, { timeout: uiTimeoutMs, interval: 100 });
  };
  const starts = (): number[] => ['first', 'second', 'third'].map((name) => gates.starts(name));
  const letGo = (): void => ['second', 'third'].forEach((name) => gates.open(name));

  it('a reload of the window loses nothing', async () => {
    const daemon = installed.daemonPid();
    await window.reload();
    await window.showJobs();
    await window.jobs.job(jobName, 'running, 1/3').waitFor();
    await untilStates(window, 'completed', 'running', 'queued');
    letGo();
    await window.jobs.job(jobName, 'completed').waitFor();
    await window.notice(jobName).waitFor();
    expect(starts()).toEqual([1, 1, 1]);
    expect(installed.daemonPid()).toBe(daemon);
  });

  it('a second window shows and steers the same job on the same daemon', async () => {
    const daemon = installed.daemonPid();
    const second = await installed.openWindow();
    await second.showJobs();
    await second.jobs.job(jobName, 'running, 1/3').waitFor();
    gates.open('second');
    await untilStates(second, 'completed', 'completed', 'running');
    await untilStates(window, 'completed', 'completed', 'running');
    await second.jobs.press(second.jobs.job(jobName, 'running'), 'Cancel Job');
    await second.jobs.job(jobName, 'cancelled').waitFor();
    await window.jobs.job(jobName, 'cancelled').waitFor();
    expect(installed.daemonPid()).toBe(daemon);
    const client = await installed.connect();
    const { clients } = await client.call('daemon/status', {});
    client.close();
    expect(clients).toBeGreaterThanOrEqual(3);
    await second.page.close();
  });

  it('a killed daemon comes back by itself, and what was running runs again', async () => {
    const killed = installed.daemonPid();
    expect(killed).toBeDefined();
    process.kill(killed!, 'SIGKILL');
    await untilGone(killed!);
    // Nobody does anything here.
    await vi.waitFor(() => expect(gates.starts('second')).toBe(2), { timeout: uiTimeoutMs });
    await window.jobs.job(jobName, 'running, 1/3').waitFor();
    await untilStates(window, 'completed', 'running', 'queued');
    expect(installed.daemonPid()).not.toBe(killed);
    letGo();
    await window.jobs.job(jobName, 'completed').waitFor();
    await untilStates(window, 'completed', 'completed', 'completed');
    expect(starts()).toEqual([1, 2, 1]);
  });
});
