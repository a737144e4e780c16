import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';
import { Planner } from '../../../daemon/server/jobs/planner.ts';
import { SecretVault } from '../../../daemon/server/jobs/secretVault.ts';
import { engineRun } from '../../../daemon/server/jobs/work.ts';
import { createProjectRegistry } from '../../../daemon/server/storage/projects.ts';

const password = 'marked-pässword-1';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-literal-'));
  const connection = `{ type: postgres, database: shop, user: reader, password: ${password} }`;
  writeFileSync(join(dir, 'ombudsman.yaml'), `name: shop\nconnections:\n  old one: ${connection}\n`);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function plannerWith(vault: SecretVault): Promise<Planner> {
  const projects = await createProjectRegistry({ dataDir: dir });
  return new Planner({ reader: nodeReader, projects, vault });
}
const newVault = (seen: string[] = []): SecretVault =>
  new SecretVault({ environment: () => undefined, registerSecret: (value) => seen.push(value) });

it('a password written into ombudsman.yaml reaches the engine and not the plan that is written to disk', async () => {
  const seen: string[] = [];
  const vault = newVault(seen);
  const planner = await plannerWith(vault);
  const { plan, diagnostics } = await planner.planList('metadata/bulkExtract', {
    project: dir,
    sources: [{ connection: 'old one', row_counts: 'none', profile: false }],
    parallel_execution: true,
    stop_on_error: false,
    tags: [],
    priority: 0,
  });
  expect(diagnostics.map(({ code }) => code)).toContain('literal_password');
  expect(JSON.stringify(plan)).not.toContain(password);
  expect(seen).toContain(password);

  // After a restart the vault is empty; the file still knows.
  const later = newVault();
  await (await plannerWith(later)).recallLiterals(dir);
  const lookup = await later.lookup(dir, later.given(undefined));
  const run = engineRun(
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    plan,
    plan.operations[0]!,
    1,
    { artifactDir: '/a', scratchDir: '/s' },
    () => lookup,
  );
  expect(run.work).toMatchObject({ source: { name: 'old one', definition: { password } } });
});
