import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../daemon/definitions/duration.ts';
import {
  findBadReferences,
  findReferences,
  resolveReferences,
  resolveValue,
} from '../../../daemon/definitions/secrets.ts';
import { didYouMean, nearest } from '../../../daemon/definitions/suggest.ts';
import { connectionSchema } from '../../../daemon/protocol/files/connections.ts';
import { durationSchema } from '../../../daemon/protocol/primitives.ts';

describe('durationMs', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1m500ms', 60_500],
    [90, 90_000],
    [0.5, 500],
  ])('%s', (text, ms) => {
    expect(durationMs(durationSchema.parse(text))).toBe(ms);
  });

  it('adds up its parts, whatever they are', () => {
    const part = fc.tuple(fc.nat(10_000), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(([amount, unit]) => `${amount}${unit}`);
        const whole = durationMs(durationSchema.parse(text.join('')));
        expect(whole).toBe(text.reduce((sum, one) => sum + durationMs(one), 0));
      }),
    );
  });
});

describe('nearest', () => {
  const known = ['row_hash', 'row_count', 'unique_key', 'rule', 'range'];
  it.each([
    ['row_hsh', ['row_hash']],
    ['ROW_COUNT', ['row_count']],
    ['uniqe_keys', ['unique_key']],
    ['rul', ['rule']],
    ['freshness', []],
    ['', []],
  ])('%s', (name, expected) => {
    expect(nearest(name, known)).toEqual(expected);
  });

  it('says it in words', () => {
    expect(didYouMean([])).toBeUndefined();
    expect(didYouMean(['a', 'b', 'c'])).toBe('did you mean a, b or c?');
  });
});

describe('references', () => {
  const definition = connectionSchema.parse({
    type: 'postgres',
    host: 'db-${env:STAGE}.local',
    port: '${env:PORT}',
    database: 'd',
    password: '${secret:PW}',
  });
  const values: Record<string, string> = { STAGE: 'test', PORT: '5433', PW: 'hunter2 ${env:STAGE} $&' };
  const lookup = (_kind: string, name: string) => values[name];

  it('are found with their place', () => {
    expect(findReferences(definition)).toEqual([
      { kind: 'env', name: 'STAGE', path: ['host'] },
      { kind: 'env', name: 'PORT', path: ['port'] },
      { kind: 'secret', name: 'PW', path: ['password'] },
    ]);
    expect(findReferences({ env: { A: ['x', '${env:B}'] } })).toEqual([
      { kind: 'env', name: 'B', path: ['env', 'A', 1] },
    ]);
  });

  it.each(['${X}', '${env:}', '${env:1A}', '${vault:X}', '${}'])('%s is none', (text) => {
    expect(findReferences(text)).toEqual([]);
    expect(findBadReferences(text)).toEqual([{ text, path: [] }]);
  });

  it('are filled in once and as they are: a value is not searched for references', () => {
    const resolved = resolveReferences(definition, lookup);
    expect(resolved).toMatchObject({
      ok: true,
      definition: { host: 'db-test.local', port: 5433, password: 'hunter2 ${env:STAGE} $&' },
    });
  });

  it('without a value are named', () => {
    const resolved = resolveReferences(definition, (kind) => (kind === 'env' ? '1' : undefined));
    expect(resolved).toMatchObject({ ok: false, message: 'no value for ${secret:PW}' });
  });

  it('that fill in something wrong never tell it', () => {
    const secret = 'hunter2-not-a-port';
    const resolved = resolveReferences(definition, (_kind, name) => (name === 'PORT' ? secret : 'x'));
    expect(resolved).toMatchObject({ ok: false });
    expect(JSON.stringify(resolved)).toContain('port of the connection');
    expect(JSON.stringify(resolved)).not.toContain('hunter2');
    expect(resolveReferences(definition, () => '70000')).toMatchObject({ ok: false });
  });

  it('make a relative path absolute once they are filled in', () => {
    const file = connectionSchema.parse({ type: 'duckdb', path: '${env:FILE}' });
    const resolved = resolveReferences(file, () => 'data/a.duckdb', '/projects/shop');
    expect(resolved).toMatchObject({ ok: true, definition: { path: '/projects/shop/data/a.duckdb' } });
    expect(resolveReferences(file, () => '/abs/a.duckdb', '/projects/shop')).toMatchObject({
      definition: { path: '/abs/a.duckdb' },
    });
  });

  it('are filled in within any value', () => {
    const { value, missing } = resolveValue({ PGPASSWORD: '${secret:PW}', X: '${env:NONE}' }, lookup);
    expect(value).toEqual({ PGPASSWORD: values.PW, X: '${env:NONE}' });
    expect(missing).toEqual([{ kind: 'env', name: 'NONE', path: ['X'] }]);
  });
});
