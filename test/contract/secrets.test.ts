import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { Submitted } from '../../daemon/protocol/answers.ts';
import { createWorkspace, type Workspace } from '../support/product.ts';

const fromCall = 'call-Pw-5d1f"\\';
const fromFile = 'file-Pw-77aa';
const marks = [/call-Pw-5d1f/, /file-Pw-77aa/];

let workspace: Workspace;
beforeAll(async () => {
  workspace = createWorkspace({
    'ombudsman.yaml': `name: shop
connections:
  host: { type: postgres, host: "\${env:CALL_PW}", database: x, user: "\${secret:FILE_PW}", password: "\${env:CALL_PW}" }
  file: { type: duckdb, path: "data/\${secret:FILE_PW}.duckdb" }
`,
    '.env': `FILE_PW=${fromFile}\n`,
  });
  expect((await workspace.cli(['daemon', 'start'])).code).toBe(0);
});
afterAll(() => workspace.dispose());

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it('writes no secret anywhere: not what drivers say, not what programs print', async () => {
  const secrets = { CALL_PW: fromCall };
  const answers: unknown[] = [];
  const node = JSON.stringify(process.execPath);
  for (const [path, body] of [
    ['/batch/metadata/bulk-extract', { sources: [{ connection: 'host' }, { connection: 'file' }] }],
    [
      '/batch/jobs',
      {
        definition: `operations:
  - { name: prints, type: command, program: ${node}, args: [-e, "console.log(process.env.A); console.error(process.env.B); process.exit(1)"], env: { A: "\${env:CALL_PW}", B: "x\${secret:FILE_PW}x" } }
  - { name: nowhere, type: command, program: "/nowhere/\${secret:FILE_PW}" }
`,
      },
    ],
  ] as const) {
    const made = await workspace.rest<Submitted>('POST', path, { project: workspace.dir, secrets, ...body });
    expect(made.status, JSON.stringify(made.body)).toBe(200);
    const jobId = made.body.job_id;
    expect((await workspace.cli(['jobs', 'watch', jobId])).code).toBe(1);
    expect((await workspace.rest<Job>('GET', `/batch/jobs/${jobId}`)).body.status).toBe('failed');
    for (const part of ['operations', 'log', 'export?format=html', 'export?format=json'])
      answers.push((await workspace.rest('GET', `/batch/jobs/${jobId}/${part}`)).body);
  }
  const checked = await workspace.rest<{ connections: { ok: boolean }[] }>(
    'POST',
    `/batch/projects/${encodeURIComponent(workspace.dir)}/check`,
    { secrets },
  );
  expect(checked.body.connections.map(({ ok }) => ok)).toEqual([false, false]);
  answers.push(checked.body);
  for (const mark of marks) expect(JSON.stringify(answers)).not.toMatch(mark);

  const files = filesUnder(workspace.dataDir);
  const logs = files.filter((path) => path.endsWith('output.log'));
  // The one of the program that could not start is empty.
  expect(logs.map((path) => readFileSync(path, 'utf8')).join('')).toMatch(
    /^(\[secret\]\nx\[secret\]x\n|x\[secret\]x\n\[secret\]\n)$/,
  );
  const leaking = files.filter((path) => marks.some((mark) => mark.test(readFileSync(path, 'latin1'))));
  expect(leaking).toEqual([]);
});
