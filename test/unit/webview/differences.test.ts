import { describe, expect, it } from 'vitest';
import { methods } from '../../../daemon/protocol/methods.ts';
import {
  beforePart,
  columnNames,
  differingPart,
  noDifferenceFilter,
  rowsFilter,
  rowsQuery,
  sectionsOf,
  sqlFilter,
} from '../../../webview/state/differences.ts';
import { pageOfRow } from '../../../webview/state/paging.ts';

const row = (key: Record<string, string | null>) => ({
  class: 'value' as const,
  key,
  column: 'c',
  source_value: 'a',
  target_value: 'b',
  kind: null,
});

describe('differing rows', () => {
  it.each([
    ['10.50', '10.51', '0', '1'],
    ['Grace', 'Grace ', '', ' '],
    ['abc', 'abc', '', ''],
    ['aXa', 'aa', 'X', ''],
    // Both are two code units that begin alike: the whole character is marked.
    ['a😀b', 'a😁b', '😀', '😁'],
  ])('of %j and %j marks %j and %j', (source, target, sourcePart, targetPart) => {
    const { start, sourceEnd, targetEnd } = differingPart(source, target);
    expect(source.slice(start, sourceEnd)).toBe(sourcePart);
    expect(target.slice(start, targetEnd)).toBe(targetPart);
  });

  it('as a SQL filter: each key once, quoted, nulls as nulls', () => {
    const rows = [row({ id: '1' }), row({ id: '1' }), row({ 'a"b': "O'Neil", c: null })];
    expect(sqlFilter(rows)).toBe(`("id" = '1')\n OR ("a""b" = 'O''Neil' AND "c" IS NULL)`);
  });

  const where = { job_id: '01J00000000000000000000001', operation_id: 'op-0001', artifact_id: 'x' };

  it('are asked for section by section and page by page, with the filters that are set', () => {
    expect(rowsQuery(where, noDifferenceFilter('missing'), 500, 500)).toEqual({
      ...where,
      class: 'missing',
      offset: 500,
      limit: 500,
    });
    const filter = { section: 'value', column: 'c', kind: 'case', text: ' x ' } as const;
    const query = rowsQuery(where, filter, 0, 500);
    expect(query).toMatchObject({ class: 'value', column: 'c', kind: 'case', search: 'x' });
    expect(() => methods['artifacts/rows'].params.parse(query)).not.toThrow();
  });

  it('are exported as they are filtered, and not only a page of them', () => {
    const exported = rowsFilter(where, { section: 'value', column: 'c', kind: '', text: '' });
    expect(exported).toEqual({ ...where, class: 'value', column: 'c' });
    expect(() => methods['artifacts/export'].params.parse({ ...exported, file: '/x.csv' })).not.toThrow();
  });

  it('have a section for what there is of them, other values first', () => {
    expect(sectionsOf({ value: 0, missing: 2, extra: 0, duplicate: 1 })).toEqual(['missing', 'duplicate']);
    expect(sectionsOf({ value: 1, missing: 2, extra: 3, duplicate: 4 })[0]).toBe('value');
  });

  it('columns are those of the key and, of a row that one side lacks, its own', () => {
    expect(columnNames([{ ...row({ id: '1', shop: 'A' }), row: { name: 'x' } }])).toEqual({
      key: ['id', 'shop'],
      rest: ['name'],
    });
    expect(columnNames([])).toEqual({ key: [], rest: [] });
  });

  it.each([
    ['1', 0],
    ['500', 0],
    ['501', 1],
    ['1,000,000', 1999],
    ['0', undefined],
    ['1000001', undefined],
    ['x', undefined],
    ['', undefined],
  ])('row %j of a million is on page %j', (text, page) => {
    expect(pageOfRow(text, 1_000_000, 500)).toBe(page);
  });
});

describe('what stands before the differing part', () => {
  it('is whole when it is short, else its end, and no half of a character', () => {
    expect(beforePart('a'.repeat(24))).toBe('a'.repeat(24));
    expect(beforePart(`${'a'.repeat(30)}z`)).toBe(`…${'a'.repeat(15)}z`);
    expect(beforePart(`${'a'.repeat(20)}😀${'b'.repeat(15)}`)).toBe(`…${'b'.repeat(15)}`);
  });
});
