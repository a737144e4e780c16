import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connectionSchema, connectionTypes } from '../../../../daemon/protocol/files/connections.ts';
import {
  criteria,
  dateProblem,
  dateRanges,
  dayEnd,
  dayStart,
} from '../../../../extension/commands/jobs/filters.ts';
import { askForProject } from '../../../../extension/commands/project/askForProject.ts';
import {
  connectionForms,
  connectionOf,
  fieldProblem,
  nameProblem,
  secretNameOf,
} from '../../../../extension/commands/project/connectionForms.ts';
import {
  isBatchFile,
  isDefinitionFile,
  isInside,
  isSamePath,
  nearestProjectDir,
} from '../../../../extension/commands/project/paths.ts';
import { summaryOf, type ProjectProbe } from '../../../../extension/commands/project/probes.ts';
import {
  secretItems,
  secretNameProblem,
  secretStates,
} from '../../../../extension/commands/project/secretNames.ts';
import type { PickQuestion, Questions, Step } from '../../../../extension/commands/ui/steps.ts';
import { project } from './samples.ts';

vi.mock('vscode', () => ({}));

describe('paths', () => {
  it.each([
    ['/data/shop', '/data/shop', true],
    ['/data/shop/a/b', '/data/shop', true],
    ['/data/shop/..a', '/data/shop', true],
    ['/data/shop2', '/data/shop', false],
    ['/work', '/data/shop', false],
  ])('%s inside %s: %s', (path, folder, expected) => {
    expect(isInside(path, folder)).toBe(expected);
  });

  it.each([
    ['/a/ombudsman.yaml', true],
    ['/a/x.pipeline.yaml', true],
    ['/a/x.batch.yml', true],
    ['/a/x.batch.json', true],
    ['/a/.env', true],
    ['/a/notes.yaml', false],
    ['/a/ombudsman.yaml.bak', false],
  ])('%s is a definition: %s', (path, expected) => {
    expect(isDefinitionFile(path)).toBe(expected);
  });

  it('lead to the nearest project', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ombudsman-paths-'));
    mkdirSync(join(dir, 'inner/deep'), { recursive: true });
    expect(nearestProjectDir(join(dir, 'inner/deep/a.batch.yaml'))).toBeNull();
    writeFileSync(join(dir, 'ombudsman.yaml'), '');
    expect(nearestProjectDir(join(dir, 'inner/deep/a.batch.yaml'))).toBe(dir);
    writeFileSync(join(dir, 'inner/ombudsman.yaml'), '');
    expect(nearestProjectDir(join(dir, 'inner/deep/a.batch.yaml'))).toBe(join(dir, 'inner'));
    rmSync(dir, { recursive: true });
  });

  it('tell batch files and sameness', () => {
    expect(isBatchFile('/a/x.batch.yaml')).toBe(true);
    expect(isBatchFile('/a/x.pipeline.yaml')).toBe(false);
    expect(isSamePath('/a/b/../c', '/a/c')).toBe(true);
    expect(isSamePath('/a/c', '/a/d')).toBe(false);
  });
});

describe('a check of connections', () => {
  const probe = (changes: Partial<ProjectProbe>): ProjectProbe => ({
    projectDir: '/data/shop',
    connection: 'legacy',
    type: 'postgres',
    ok: false,
    error: { kind: 'connection', message: 'no answer from db:5432', hint: 'check host and port' },
    ...changes,
  });
  const good = probe({ ok: true, connection: 'warehouse', error: undefined });

  it('that found nothing wrong has nothing to say', () => {
    expect(summaryOf([good])).toEqual({ failed: [], message: '' });
  });

  it('counts what failed, and names the first with what to do', () => {
    expect(summaryOf([good, probe({}), probe({ connection: 'old' })]).message).toBe(
      '2 of 3 connections cannot be opened. “legacy”: no answer from db:5432. Check host and port.',
    );
    expect(summaryOf([probe({})]).message).toBe(
      '“legacy” cannot be opened: no answer from db:5432. Check host and port.',
    );
  });

  it('leads to the secret that has no value', () => {
    const lacking = probe({ error: { kind: 'definition', message: 'no value for ${secret:PG}' } });
    expect(summaryOf([probe({}), lacking]).secret).toEqual({ project_dir: '/data/shop', name: 'PG' });
    expect(summaryOf([probe({})]).secret).toBeUndefined();
  });
});

describe('secrets of a project', () => {
  const secrets = { names: () => ['STORED', 'OLD'] };
  const references = [
    { kind: 'secret' as const, name: 'STORED' },
    { kind: 'secret' as const, name: 'MISSING' },
    { kind: 'env' as const, name: 'PGPASSWORD' },
  ];

  it('are those it refers to and those stored for it, without a value first', () => {
    const states = secretStates(secrets, project({ references }));
    expect(states).toEqual([
      { name: 'MISSING', hasValue: false },
      { name: 'OLD', hasValue: true },
      { name: 'STORED', hasValue: true },
    ]);
    expect(secretItems(states)[0]).toMatchObject({ description: 'no value here yet', value: 'MISSING' });
  });

  it.each([
    ['PG_PASSWORD', true],
    ['a.b-c', true],
    ['1st', false],
    ['a b', false],
    ['', false],
    ['x}', false],
  ])('may be named %j: %s', (name, isGood) => {
    expect(secretNameProblem(name) === null).toBe(isGood);
  });
});

describe('a new connection', () => {
  it.each(connectionTypes)('%s is whole with what its form suggests', (type) => {
    const values = Object.fromEntries(
      connectionForms[type].map(({ key, preset }) => [key, preset('old shop') || 'x']),
    );
    const { definition } = connectionOf(type, 'old shop', values);
    expect(connectionSchema.safeParse(definition).success).toBe(true);
    for (const field of connectionForms[type]) {
      expect(fieldProblem(type, field, values[field.key] ?? '')).toBeNull();
    }
  });

  it('keeps its password out of the file', () => {
    const values = { host: 'db', port: '5433', database: 'shop', user: '', password: ' hunter2 ' };
    expect(connectionOf('postgres', 'old shop', values)).toEqual({
      definition: {
        type: 'postgres',
        host: 'db',
        port: 5433,
        database: 'shop',
        password: '${secret:OLD_SHOP_PASSWORD}',
      },
      secret: { name: 'OLD_SHOP_PASSWORD', value: ' hunter2 ' },
    });
    expect(connectionOf('postgres', 'x', { ...values, password: '' }).secret).toBeUndefined();
  });

  it('says what is wrong with a field by the rules of the file', () => {
    const field = (key: string) => connectionForms.postgres.find((each) => each.key === key)!;
    expect(fieldProblem('postgres', field('port'), '70000')).not.toBeNull();
    expect(fieldProblem('postgres', field('port'), 'abc')).toContain('port number');
    expect(fieldProblem('postgres', field('port'), '${env:PGPORT}')).toBeNull();
    expect(fieldProblem('postgres', field('database'), ' ')).toBe('Type a value');
    expect(fieldProblem('postgres', field('user'), '')).toBeNull();
    expect(nameProblem('a/b')).not.toBeNull();
    expect(nameProblem('old shop')).toBeNull();
  });

  it.each([
    ['old shop', 'OLD_SHOP_PASSWORD'],
    ['2nd', '_2ND_PASSWORD'],
    ['größe', 'GR_SSE_PASSWORD'],
    ['***', 'DATABASE_PASSWORD'],
  ])('%s has the secret %s', (name, secret) => {
    expect(secretNameOf(name)).toBe(secret);
    expect(secretNameProblem(secret)).toBeNull();
  });
});

describe('the questions about a project', () => {
  /** Answers by the beginning of the question; what is not named gets what the box suggests. */
  function answering(given: Readonly<Record<string, string>>): { ask: Questions; asked: string[] } {
    const asked: string[] = [];
    const answerTo = (question: string) => {
      asked.push(question);
      return Object.entries(given).find(([beginning]) => question.startsWith(beginning))?.[1];
    };
    const ask: Questions = {
      pick: async <T>({ placeholder, items, active }: PickQuestion<T>) => {
        const wanted = answerTo(placeholder);
        const all = (await items).filter(({ value }) => value !== undefined);
        const found =
          wanted === undefined
            ? all.find(({ value }) => active?.(value as T))
            : all.find(({ label }) => label === wanted);
        return (found ?? all[0])!.value as T;
      },
      pickMany: () => Promise.reject(new Error('nothing to tick here')),
      input: async ({ prompt, value = '', validate }) => {
        const text = answerTo(prompt) ?? value;
        expect(validate?.(text) ?? null).toBeNull();
        return text;
      },
    };
    return { ask, asked };
  }

  async function answer(given: Readonly<Record<string, string>>) {
    const { first, answers } = askForProject('shop');
    const { ask, asked } = answering(given);
    for (let step: Step | undefined = first; step !== undefined;) step = await step(ask);
    return { answers, asked };
  }

  it('lead to both connections, their secret and the tables', async () => {
    const { answers } = await answer({
      Database: 'old',
      Password: 'hunter2',
      'A table of legacy': 'public.customer',
      'What public.customer': 'dim_customer',
    });
    expect(answers).toMatchObject({
      name: 'shop',
      source: {
        name: 'legacy',
        definition: {
          type: 'postgres',
          host: 'localhost',
          port: 5432,
          database: 'old',
          password: '${secret:LEGACY_PASSWORD}',
        },
      },
      target: { name: 'warehouse', definition: { type: 'duckdb', path: 'data/warehouse.duckdb' } },
      tables: { source: 'public.customer', target: 'dim_customer' },
    });
    expect([...answers.secrets]).toEqual([['LEGACY_PASSWORD', 'hunter2']]);
  });

  it('ask about no second table where none was named', async () => {
    const { answers, asked } = await answer({ Source: 'sqlite' });
    expect(answers.tables).toBeUndefined();
    expect(asked.some((question) => question.startsWith('What'))).toBe(false);
    expect([...answers.secrets]).toEqual([]);
  });
});

describe('filters', () => {
  it('say what they are set to, and can be cleared if they are set', () => {
    expect(criteria({}).map(({ value }) => value)).toEqual(['status', 'job_type', 'project', 'text', 'date']);
    const set = criteria({ status: ['failed'], search: 'night' });
    expect(set.find(({ value }) => value === 'status')?.description).toBe('failed');
    expect(set.find(({ value }) => value === 'text')?.description).toContain('night');
    expect(set.find(({ value }) => value === 'date')?.description).toBe('');
    expect(set.at(-1)?.value).toBe('clear');
  });

  it('count whole days of this machine', () => {
    const now = new Date(2026, 2, 3, 15, 30);
    const starts = dateRanges(now).map(({ label, range }) => [
      label,
      range === 'custom' ? range : range.created_after && new Date(range.created_after),
    ]);
    expect(starts).toEqual([
      ['Today', new Date(2026, 2, 3)],
      ['Last 7 days', new Date(2026, 1, 25)],
      ['Last 30 days', new Date(2026, 1, 2)],
      ['From … to …', 'custom'],
      ['Any date', undefined],
    ]);
  });

  it.each([
    ['', undefined, true],
    ['2026-01-31', undefined, true],
    ['2026-1-3', undefined, true],
    ['2026-02-30', undefined, false],
    ['31.1.2026', undefined, false],
    ['2026-01-30', '2026-01-31', false],
    ['2026-01-31', '2026-01-31', true],
    ['2026-01-30', '', true],
  ])('take the day %j after %j: %s', (text, from, isGood) => {
    expect(dateProblem(text, from) === null).toBe(isGood);
  });

  it('hold all of the last day', () => {
    expect(dayStart('2026-01-31')).toBe(new Date(2026, 0, 31).toISOString());
    expect(dayEnd('2026-01-31')).toBe(new Date(2026, 1, 1).toISOString());
    expect(dayStart('')).toBeUndefined();
    expect(dayEnd('')).toBeUndefined();
  });
});
