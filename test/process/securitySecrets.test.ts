import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DaemonEvent } from '../../daemon/protocol/events.ts';
import { startMariadb, stopMariadb, type TestMariadb } from '../support/mariadb.ts';
import { startPostgres, stopPostgres } from '../support/postgres.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';

/** Passwords as nobody chooses them, so that one found anywhere was left there by us. */
const passwords = {
  PG_PW: 'Marked-pg-9f3b "x"',
  MY_PW: "Marked-my-41c7'\\y",
  IN_FILE: 'Marked-env-file-5e2d',
};
const marks = ['Marked-pg-9f3b', 'Marked-my-41c7', 'Marked-env-file-5e2d'];
/** As it would stand in bytes of another encoding. */
const forms = marks.flatMap((mark) => [
  mark,
  encodeURIComponent(mark),
  Buffer.from(mark, 'utf16le').toString('latin1'),
]);

let shop: ProjectDaemon;
let mariadb: TestMariadb;
const events: DaemonEvent[] = [];
const levelBefore = process.env['OMBUDSMAN_LOG_LEVEL'];

beforeAll(async () => {
  const postgres = await startPostgres();
  mariadb = await startMariadb();
  const old = await postgres.createDatabase('marked');
  const now = await mariadb.createDatabase('marked');
  await postgres.sql('marked', 'create table t as select 1 as id, 1.5::numeric(9,2) as amount');
  await mariadb.sql(
    'marked',
    `create table t as select 1 as id, cast(1.25 as decimal(9,2)) as amount;
     create user reader@'127.0.0.1' identified by '${passwords.MY_PW.replaceAll(/['\\]/g, (each) => `\\${each}`)}';
     grant all on marked.* to reader@'127.0.0.1'`,
  );
  process.env['OMBUDSMAN_LOG_LEVEL'] = 'debug';
  const connection = (fields: object) => JSON.stringify(fields);
  shop = await startProjectDaemon({
    '.env': `IN_FILE=${passwords.IN_FILE}\n`,
    'ombudsman.yaml': `name: shop
connections:
  old: ${connection({ ...old, password: '${env:PG_PW}' })}
  new: ${connection({ ...now, user: 'reader', password: '${secret:MY_PW}' })}
  refused: ${connection({ ...now, user: 'reader', password: '${secret:IN_FILE}' })}
  nowhere: ${connection({ ...old, port: 1, password: '${env:PG_PW}' })}
`,
    'pipelines/t.pipeline.yaml': pipeline('t', 'old', 'new'),
    'pipelines/broken.pipeline.yaml': pipeline('broken', 'old', 'refused'),
    'pipelines/gone.pipeline.yaml': pipeline('gone', 'nowhere', 'new'),
  });
  const client = await shop.daemon.connect();
  await client.subscribe({}, (batch) => void events.push(...batch.events));
});
afterAll(async () => {
  if (levelBefore === undefined) delete process.env['OMBUDSMAN_LOG_LEVEL'];
  else process.env['OMBUDSMAN_LOG_LEVEL'] = levelBefore;
  await shop.dispose();
  await stopPostgres();
  await stopMariadb();
});

const pipeline = (id: string, source: string, target: string): string =>
  `pipeline_id: ${id}\nsource: { connection: ${source}, table: t }\ntarget: { connection: ${target}, table: t }\nkeys: [id]\nchecks: [row_count, row_hash, { rule: { name: r, sql: "amount >" } }]\n`;

it('a password stands in no file, log, event, answer, export or error, whatever became of the run', async () => {
  const { client } = shop.daemon;
  const definition = {
    job_name: 'marked',
    operations: [
      ...['t', 'broken', 'gone'].map((pipeline_id) => ({ type: 'pipeline', pipeline_id })),
      { type: 'metadata_extraction', connection: 'old', profile: true },
      { type: 'metadata_extraction', connection: 'new' },
      { type: 'metadata_extraction', connection: 'refused' },
      { type: 'data_generation', schema_type: 'Retail', row_count: 20, connection: 'old' },
      {
        type: 'command',
        name: 'prints',
        program: process.execPath,
        args: ['-e', 'console.log(process.env.A, [process.env.A]); throw new Error(process.env.B)'],
        env: { A: '${env:PG_PW}', B: '${secret:MY_PW} ${secret:IN_FILE}' },
      },
    ],
  };
  const { PG_PW, MY_PW } = passwords;
  const made = await client.call('jobs/submit', {
    project: shop.dir,
    definition,
    secrets: { 'env:PG_PW': PG_PW, 'secret:MY_PW': MY_PW },
  });
  if (!('job_id' in made)) throw new Error('a plan and no job');
  const { job_id } = made;
  await expect
    .poll(async () => (await client.call('jobs/get', { job_id })).status, { timeout: 120_000 })
    .toBe('partial_success');

  const answers: unknown[] = [events];
  const { operations } = await client.call('jobs/operations', { job_id });
  const outcome = Object.fromEntries(operations.map(({ name, error }) => [name, error?.kind ?? 'completed']));
  // The passwords were used: the good ones let in, the wrong one did not.
  expect(outcome).toMatchObject({
    t: 'checks_failed',
    old: 'completed',
    new: 'completed',
    prints: 'internal',
  });
  expect(outcome['broken']).toBe('permission');
  answers.push(operations, await client.call('jobs/log', { job_id }));
  for (const format of ['json', 'csv', 'junit', 'html'] as const)
    answers.push(await client.call('jobs/export', { job_id, format }));
  for (const method of ['jobs/list', 'projects/list', 'daemon/status', 'statistics/get'] as const)
    answers.push(await client.call(method, {}));
  const secrets = { 'env:PG_PW': PG_PW, 'secret:MY_PW': MY_PW };
  answers.push(await client.call('projects/check', { project: shop.dir, secrets }));
  const told = JSON.stringify(answers);
  expect(forms.filter((form) => told.includes(form))).toEqual([]);
  expect(events.length).toBeGreaterThan(0);

  const files = readdirSync(shop.daemon.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.filter((path) => path.endsWith('daemon.log'))).toHaveLength(1);
  const texts = files.map((path) => [path, readFileSync(path, 'latin1')] as const);
  expect(
    texts.some(([, text]) => text.includes('[secret]')),
    'something was taken out',
  ).toBe(true);
  const leaks = texts.flatMap(([path, text]) =>
    forms.filter((form) => text.includes(form)).map((form) => [path, form]),
  );
  expect(leaks).toEqual([]);
});
