/**
 * Tests inside VS Code's extension host: the real `vscode` API, the real extension, the real daemon.
 *
 * How to write one: a file in this folder, with mocha's `describe`, `it`, `before` … and node:assert, each imported:
 *
 *     import assert from 'node:assert/strict';
 *     import { describe, it } from 'mocha';
 *     import * as vscode from 'vscode';
 *     describe('Jobs view', () => {
 *       it('is there', async () => { assert.ok((await vscode.commands.getCommands()).includes('ombudsman.jobs.focus')); });
 *     });
 *
 * The end of its name says in which window it runs (`states.ts` has the table):
 *
 *     views.test.ts              a copy of examples/retail-migration, trusted, no data generated yet
 *     views.untrusted.test.ts    the same folder in Restricted Mode
 *     views.noProject.test.ts    a trusted folder with one text file
 *     views.empty.test.ts        a window without a folder
 *
 * All files of one state share one VS Code, one data directory (`process.env.BATCH_JOBS_DIR`) and so one daemon, in the order
 * of their names: leave both as you would like to find them. A test starts the daemon by doing what starts it for a user.
 * `support.ts` has what waits for conditions. Screens cannot be seen from here; that is what test/e2e is for.
 *
 * How to run them: `vitest run --project host`, or one state: `vitest run --project host host/trusted`, or files of it:
 * `HOST_TESTS=views,commands vitest run --project host host/trusted`. `HOST_LOG=1` prints the consoles of green runs, too.
 *
 * A test that mocha would skip counts as failed, and so does a run that tells of no test or not of its end.
 */
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { HostEvent } from './report.ts';

const testTimeoutMs = 60_000;

/** Runs the test files given as `{ name: load }` and writes what happens, as it happens, to the file of HOST_REPORT. */
export async function runFiles(files: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const reportPath = process.env.HOST_REPORT;
  if (reportPath === undefined) throw new Error('HOST_REPORT does not say where the report goes');
  process.setSourceMapsEnabled(true);
  const tell = (event: HostEvent): void => appendFileSync(reportPath, `${JSON.stringify(event)}\n`);
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeoutMs, reporter: reporterTo(tell) });
  for (const [name, load] of Object.entries(files)) {
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, name, mocha);
    await load();
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  tell({ event: 'done' });
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** Events instead of a report at the end: if the extension host hangs or dies, what it was at is known. */
function reporterTo(tell: (event: HostEvent) => void): typeof Mocha.reporters.Base {
  const { constants } = Mocha.Runner;
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
      super(runner, options);
      const titleOf = (test: Mocha.Runnable): string => test.titlePath().join(' › ');
      runner.on(constants.EVENT_TEST_BEGIN, (test) => tell({ event: 'started', title: titleOf(test) }));
      runner.on(constants.EVENT_TEST_PASS, (test) => tell({ event: 'passed', title: titleOf(test) }));
      runner.on(constants.EVENT_TEST_PENDING, (test) =>
        tell({ event: 'failed', title: titleOf(test), error: 'skipped' }),
      );
      runner.on(constants.EVENT_TEST_FAIL, (test: Mocha.Runnable, error: Error) =>
        tell({ event: 'failed', title: titleOf(test), error: error.stack ?? String(error) }),
      );
    }
  };
}
