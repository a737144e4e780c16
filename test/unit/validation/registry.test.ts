import { describe, expect, it } from 'vitest';
import type { ColumnInfo } from '../../../daemon/engine/connections/connection.ts';
import { EngineError } from '../../../daemon/engine/errors.ts';
import { checks } from '../../../daemon/engine/validation/checks/registry.ts';
import type { CheckRun } from '../../../daemon/engine/validation/checks/runCheck.ts';
import { choosePairs, resolveColumns } from '../../../daemon/engine/validation/columns.ts';
import { failingChecks, summarise, verdict } from '../../../daemon/engine/validation/verdict.ts';
import { checkKinds } from '../../../daemon/protocol/files/checks.ts';
import type { CheckStatus } from '../../../daemon/protocol/results.ts';

describe('the registry of checks', () => {
  it('has the kinds of the protocol, each under its own name', () => {
    expect(Object.keys(checks).sort()).toEqual([...checkKinds].sort());
    for (const [kind, check] of Object.entries(checks)) expect(check.kind).toBe(kind);
  });
});

const column = (name: string): ColumnInfo => ({
  name,
  native_type: 'VARCHAR',
  type: { kind: 'text', length: null },
  nullable: null,
});
const columns = (...names: string[]): ColumnInfo[] => names.map(column);
const none = { keys: [], column_map: {}, exclude: [] };
const named = (pairs: readonly { source: ColumnInfo; target: ColumnInfo }[]): string[][] =>
  pairs.map(({ source, target }) => [source.name, target.name]);

describe('resolveColumns', () => {
  it('pairs by name, letter case apart, and exactly where case tells two apart', () => {
    const found = resolveColumns(none, columns('Id', 'name', 'NAME'), columns('NAME', 'name', 'ID'));
    expect(named(found.pairs)).toEqual([
      ['Id', 'ID'],
      ['name', 'name'],
      ['NAME', 'NAME'],
    ]);
  });

  it('does not give one target column to two source columns', () => {
    const found = resolveColumns(none, columns('Name', 'name'), columns('name'));
    expect(named(found.pairs)).toEqual([['name', 'name']]);
    expect(found.only_source.map(({ name }) => name)).toEqual(['Name']);
  });

  it('follows column_map, and leaves the mapped target to its source', () => {
    const spec = { ...none, column_map: { CUST: 'customer' }, keys: ['cust'] };
    const found = resolveColumns(spec, columns('cust', 'customer'), columns('customer'));
    expect(named(found.pairs)).toEqual([['cust', 'customer']]);
    expect(named(found.keys)).toEqual([['cust', 'customer']]);
    expect(found.only_source.map(({ name }) => name)).toEqual(['customer']);
  });

  it('excludes by the name of either side', () => {
    const spec = { ...none, column_map: { a: 'b' }, exclude: ['B', 'loaded_at'] };
    const found = resolveColumns(spec, columns('id', 'a'), columns('id', 'b', 'Loaded_At'));
    expect(named(found.pairs)).toEqual([['id', 'id']]);
    expect(found.only_target).toEqual([]);
  });

  it('refuses a key that is excluded or on one side only, and a target mapped twice', () => {
    const source = columns('id', 'a');
    const key = { ...none, keys: ['id'] };
    expect(() => resolveColumns({ ...key, exclude: ['id'] }, source, columns('id'))).toThrow(/key 'id'/);
    expect(() => resolveColumns(key, source, columns('a'))).toThrow(/no column in the target/);
    const twice = { ...none, column_map: { id: 'x', a: 'x' } };
    expect(() => resolveColumns(twice, source, columns('x'))).toThrow(/both 'id' and 'a'/);
  });

  it('names what a check may not name', () => {
    const found = resolveColumns(none, columns('id', 'lonely'), columns('id'));
    expect(() => choosePairs(['lonely'], found)).toThrow(/one side only/);
    expect(() => choosePairs(['ID', 'idd'], found)).toThrow(/'idd'/);
  });
});

const run = (name: string, status: CheckStatus, error?: EngineError): CheckRun => ({
  result: {
    check: 'row_count',
    name,
    status,
    severity: 'fail',
    expected: 1,
    actual: 2,
    samples: [],
    reason: 'why',
  },
  error,
});

describe('verdict', () => {
  it('is green for passed and warned checks only', () => {
    expect(verdict([run('a', 'passed'), run('b', 'warning')])).toBeUndefined();
    for (const status of ['failed', 'error', 'skipped'] as const) {
      expect(verdict([run('a', 'passed'), run('b', status)])).toBeInstanceOf(EngineError);
    }
  });

  it('says the kind: transient before differing data before mistakes', () => {
    const lost = new EngineError('connection', 'connection_lost', 'gone');
    const wrong = new EngineError('definition', 'no_such_column', 'what?');
    expect(verdict([run('a', 'failed'), run('b', 'error', lost)])?.kind).toBe('connection');
    expect(verdict([run('a', 'failed'), run('b', 'error', wrong)])?.kind).toBe('checks_failed');
    expect(verdict([run('a', 'passed'), run('b', 'error', wrong)])?.kind).toBe('definition');
    expect(verdict([run('a', 'skipped')])).toMatchObject({ kind: 'definition', code: 'check_skipped' });
  });

  it('names every check that is not green, by how it ended', () => {
    const runs = [run('a', 'failed'), run('b', 'passed'), run('c', 'error'), run('d', 'skipped')];
    expect(verdict(runs)?.message).toBe(
      '1 of 4 checks failed: a (why); 1 of 4 checks could not be done: c (why); 1 of 4 checks skipped: d (why)',
    );
    const results = runs.map(({ result }) => result);
    expect(failingChecks(results)).toEqual(['a', 'c', 'd']);
    expect(summarise(results)).toEqual({ passed: 1, failed: 1, warned: 0, skipped: 1, errored: 1 });
  });
});
