import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '../support/product.ts';
import type { Found } from './fixtures.ts';

/** Says that it began, and ends when the gate is open. */
const program = `
const fs = require('node:fs');
fs.writeFileSync('began', '');
const look = () => fs.existsSync('gate') && process.exit(0);
fs.watch('.', look);
look();
`;

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace({
    'ombudsman.yaml': 'name: crash\nconnections: {}\n',
    'gated.batch.yaml': `job_name: Gated
operations:
  - { name: before, type: command, program: ${JSON.stringify(process.execPath)}, args: [-e, ""] }
  - { name: gated, type: command, program: ${JSON.stringify(process.execPath)}, args: [-e, ${JSON.stringify(program)}], depends_on: [before] }
`,
  });
});
afterAll(() => workspace.dispose());

function untilExists(name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(workspace.dir, () => look());
    const look = () => {
      if (!existsSync(join(workspace.dir, name))) return;
      watcher.close();
      resolve();
    };
    look();
  });
}

describe('a daemon that is killed while its job is shown', () => {
  it('is started again by the one who watches; the job goes on and nothing finished is repeated', async () => {
    const running = workspace.start(['run', 'gated.batch.yaml', '--format', 'json']);
    await untilExists('began');
    const killed = workspace.registration().pid;
    process.kill(killed, 'SIGKILL');
    await running.waitFor(/Connected again/);
    expect(workspace.registration().pid).not.toBe(killed);
    workspace.write('gate', '');
    const { code, stdout } = await running.result;
    expect(code).toBe(0);
    const { job, operations } = JSON.parse(stdout) as Found;
    expect(job.status).toBe('completed');
    expect(operations.map(({ name, status, attempts }) => [name, status, attempts.length])).toEqual([
      ['before', 'completed', 1],
      ['gated', 'completed', 2],
    ]);
    expect(operations[1]?.attempts[0]?.error?.kind).toBe('interrupted');
  });
});
