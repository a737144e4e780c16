import { describe, expect, it } from 'vitest';
import type { WorkspaceContents } from '../../../../daemon/protocol/language.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import { LanguageWorkspaceIndex } from '../../../../extension/platform/workspaceIndex.ts';
import { silentLog } from '../../../support/jobs.ts';

const contents = (name: string): WorkspaceContents => ({
  projects: [],
  batch_files: [
    {
      file: `/w/${name}.batch.yaml`,
      project_dir: null,
      job_name: name,
      job_type: null,
      operations: null,
      parameters: [],
      has_errors: false,
    },
  ],
});

/** A language server whose answers come when the test gives them. */
function server(hasFolders = true) {
  const questions: { answer: (name: string) => void; refuse: () => void }[] = [];
  const changed = new Emitter<void>(() => undefined);
  const told: (string | null)[] = [];
  let opened = 0;
  let disposed = 0;
  const index = new LanguageWorkspaceIndex({
    hasFolders: () => hasFolders,
    log: silentLog,
    openSource: async () => {
      opened += 1;
      return {
        onDidChangeWorkspace: changed.event,
        workspaceContents: () =>
          new Promise<WorkspaceContents>((resolve, reject) => {
            questions.push({
              answer: (name) => resolve(contents(name)),
              refuse: () => reject(new Error('gone')),
            });
          }),
        dispose: () => void (disposed += 1),
      };
    },
  });
  index.onDidChange(({ batch_files: [file] }) => told.push(file?.job_name ?? null));
  const question = async (number: number) => {
    for (;;) {
      const found = questions[number - 1];
      if (found !== undefined) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { index, changed, told, questions, question, counts: () => ({ opened, disposed }) };
}

describe('the workspace index', () => {
  it('asks the server when it is first asked itself, and once for all who ask', async () => {
    const { index, question, questions, told, counts } = server();
    expect(counts().opened).toBe(0);
    expect(index.contents).toBeUndefined();
    const loads = [index.load(), index.load()];
    (await question(1)).answer('one');
    expect((await Promise.all(loads)).map(({ batch_files }) => batch_files[0]?.job_name)).toEqual([
      'one',
      'one',
    ]);
    await index.load();
    expect(questions).toHaveLength(1);
    expect(counts().opened).toBe(1);
    expect(told).toEqual(['one']);
  });

  it('asks again when the server says that something changed, also in the middle of an answer', async () => {
    const { index, question, questions, told, changed } = server();
    const load = index.load();
    await question(1);
    changed.fire();
    (await question(1)).answer('stale');
    (await question(2)).answer('fresh');
    expect((await load).batch_files[0]?.job_name).toBe('fresh');
    expect(told).toEqual(['fresh']);
    changed.fire();
    (await question(3)).answer('later');
    expect((await index.load()).batch_files[0]?.job_name).toBe('later');
    expect(questions).toHaveLength(3);
    expect(index.contents?.batch_files[0]?.job_name).toBe('later');
  });

  it('keeps what it knows when the server cannot be asked, and asks again', async () => {
    const { index, question, changed } = server();
    const load = index.load();
    (await question(1)).answer('one');
    await load;
    changed.fire();
    (await question(2)).refuse();
    await expect(index.load()).rejects.toThrow('gone');
    expect(index.contents?.batch_files[0]?.job_name).toBe('one');
    const again = index.load();
    (await question(3)).answer('two');
    expect((await again).batch_files[0]?.job_name).toBe('two');
  });

  it('starts no server in a window without a folder', async () => {
    const { index, counts } = server(false);
    expect(await index.load()).toEqual({ projects: [], batch_files: [] });
    expect(counts().opened).toBe(0);
  });

  it('takes the server with it when it ends', async () => {
    const { index, counts } = server();
    await index.wake();
    index.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    expect(counts()).toEqual({ opened: 1, disposed: 1 });
  });
});
