import type { Check } from './check.ts';

/** Both sides have the same columns, after column_map and exclude. */
export const schemaColumns: Check<'schema_columns'> = {
  kind: 'schema_columns',
  async run(params, { columns, column_map, source_columns, target_columns }) {
    const mapped = new Set(Object.keys(column_map).map((name) => name.toLowerCase()));
    const problems: string[] = [];
    const missing = columns.only_source.map((column) => column.name);
    const extra = columns.only_target.map((column) => column.name);
    if (missing.length > 0) problems.push(`only in the source: ${missing.join(', ')}`);
    if (extra.length > 0) problems.push(`only in the target: ${extra.join(', ')}`);
    const caseOnly = columns.pairs.filter(
      ({ source, target }) => source.name !== target.name && !mapped.has(source.name.toLowerCase()),
    );
    const wrongCase = params.case_sensitive
      ? caseOnly.map(({ source, target }) => [source.name, target.name])
      : [];
    if (wrongCase.length > 0) {
      problems.push(`differ in letter case: ${wrongCase.map((names) => names.join(' and ')).join(', ')}`);
    }
    const order = columns.pairs.map(({ target }) => target_columns.indexOf(target));
    const isOrdered = order.every((position, index) => index === 0 || position > (order[index - 1] ?? -1));
    if (!params.ignore_order && !isOrdered) problems.push('the order of columns differs');
    return {
      status: problems.length > 0 ? 'failed' : 'passed',
      expected: source_columns.map((column) => column.name),
      actual: target_columns.map((column) => column.name),
      ...(problems.length > 0 && {
        difference: { only_source: missing, only_target: extra },
        reason: problems.join('; '),
      }),
    };
  },
};
