import type { CatalogTable } from '../../../protocol/catalog.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import type { ResolvedColumns } from '../columns.ts';
import type { Check } from './check.ts';
import { bothCatalogs } from './tableCatalog.ts';

type Part = CheckParameters<'schema_keys'>['compare'][number];

/** Keys, constraints and indexes are over the same columns on both sides. */
export const schemaKeys: Check<'schema_keys'> = {
  kind: 'schema_keys',
  async run(params, context) {
    const found = await bothCatalogs(context);
    if ('status' in found) return found;
    const expected: Record<string, string[]> = {};
    const actual: Record<string, string[]> = {};
    const reasons: string[] = [];
    const targetNames = namesInSource(context.columns);
    for (const part of params.compare) {
      const source = tell(found.source, part, params.names, (name) => name.toLowerCase());
      const target = tell(
        found.target,
        part,
        params.names,
        (name) => targetNames.get(name) ?? name.toLowerCase(),
      );
      expected[part] = source;
      actual[part] = target;
      const missing = source.filter((each) => !target.includes(each));
      const extra = target.filter((each) => !source.includes(each));
      if (missing.length > 0) reasons.push(`${part} only in the source: ${missing.join('; ')}`);
      if (extra.length > 0) reasons.push(`${part} only in the target: ${extra.join('; ')}`);
    }
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected,
      actual,
      ...(reasons.length > 0 && { reason: reasons.join('. ') }),
    };
  },
};

/** Target column name to the source's, in lower case: the words both sides are compared in. */
function namesInSource({ pairs }: ResolvedColumns): Map<string, string> {
  return new Map(pairs.map(({ source, target }) => [target.name, source.name.toLowerCase()]));
}

/** Each key or index as one line. */
function tell(
  table: CatalogTable,
  part: Part,
  withNames: boolean,
  nameOf: (column: string) => string,
): string[] {
  const columns = (names: readonly string[]): string => `(${names.map(nameOf).join(', ')})`;
  const named = (name: string | null, text: string): string =>
    withNames && name !== null ? `${name} ${text}` : text;
  switch (part) {
    case 'primary_key': {
      const { primary_key: key } = table;
      return key === null ? [] : [named(key.name, columns(key.columns))];
    }
    case 'unique_keys':
      return table.unique_keys.map((key) => named(key.name, columns([...key.columns].sort()))).sort();
    case 'foreign_keys':
      return table.foreign_keys
        .map(({ name, columns: own, references }) => {
          const there = references.columns.map((column) => column.toLowerCase()).join(', ');
          return named(name, `${columns(own)} to ${references.table.toLowerCase()}(${there})`);
        })
        .sort();
    case 'checks':
      // Systems write the same condition in different words: only their number can be compared, or their names.
      return withNames
        ? table.checks.map((check) => check.name ?? '').sort()
        : [`${table.checks.length} check constraints`];
    case 'indexes':
      return table.indexes
        .filter((index) => !index.primary)
        .map((index) => {
          const over = index.columns.map(({ column, expression }) => column ?? expression ?? '');
          return named(index.name, `${index.unique ? 'unique ' : ''}${columns(over)}`);
        })
        .sort();
  }
}
