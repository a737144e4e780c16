import { inject, it } from 'vitest';
import { runHostTests } from '../support/vscodeHostRun.ts';
import type { HostStateName } from './states.ts';

/** Runs the host tests of a state and tells each of them to vitest as a test of its own. */
export async function reportHostTests(state: HostStateName): Promise<void> {
  const { tests, problem } = await runHostTests(state, inject('extensionDir'));
  for (const { title, error } of tests) {
    it(title, () => {
      if (error === undefined) return;
      const failure = new Error(error.split(/\n\s+at /, 1)[0]);
      // Where it failed in the extension host, not here.
      failure.stack = error;
      throw failure;
    });
  }
  it('the extension host told of every test to the end', () => {
    if (problem !== undefined) throw new Error(problem);
  });
}
