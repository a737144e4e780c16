import type { CheckParameters } from '../../../protocol/files/checks.ts';
import type { ColumnInfo } from '../../connections/connection.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { typeName } from '../types.ts';
import type { Check } from './check.ts';

/**
 * Columns have the same canonical types. Where a system does not hold values to a type (text files, SQLite outside STRICT tables)
 * its word on length and precision is worth nothing, so there only the kind is compared.
 */
export const schemaTypes: Check<'schema_types'> = {
  kind: 'schema_types',
  async run(params, { columns }) {
    const pairs = choosePairs(params.columns, columns);
    const different = pairs.filter((pair) => !isSameType(pair) && !isAllowed(pair, params.allow));
    const loose = pairs.filter(isLoose).map((pair) => pair.source.name);
    const reasons = different.map(
      ({ source, target }) =>
        `${source.name} is ${describe(source)} in the source and ${describe(target)} in the target`,
    );
    return {
      status: different.length > 0 ? 'failed' : 'passed',
      expected: Object.fromEntries(pairs.map(({ source }) => [source.name, typeName(source.type)])),
      actual: Object.fromEntries(pairs.map(({ source, target }) => [source.name, typeName(target.type)])),
      samples: different.slice(0, 20).map(({ source, target }) => ({
        column: source.name,
        source_type: typeName(source.type),
        target_type: typeName(target.type),
        source_native: source.native_type,
        target_native: target.native_type,
      })),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
      ...(loose.length > 0 && {
        reductions: [
          `only the kind of type compared, one side does not hold values to more: ${loose.join(', ')}`,
        ],
      }),
    };
  },
};

const describe = (column: ColumnInfo): string => `${typeName(column.type)} (${column.native_type})`;

function isLoose({ source, target }: ColumnPair): boolean {
  return source.type.loose !== undefined || target.type.loose !== undefined;
}

function isSameType(pair: ColumnPair): boolean {
  const { source, target } = pair;
  if (!isLoose(pair)) return typeName(source.type) === typeName(target.type);
  if (source.type.kind === target.type.kind) return true;
  // Text of a file that was read as whole numbers may stand for decimals as well.
  const numbers = ['integer', 'decimal', 'float'];
  return numbers.includes(source.type.kind) && numbers.includes(target.type.kind);
}

function isAllowed(pair: ColumnPair, allow: CheckParameters<'schema_types'>['allow']): boolean {
  return (allow ?? []).some((entry) => names(pair.source, entry.source) && names(pair.target, entry.target));
}

/** A type may be named by its canonical name (`decimal(10,2)`), its kind (`decimal`) or in the words of its system. */
function names(column: ColumnInfo, written: string): boolean {
  const fold = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, '');
  return [typeName(column.type), column.type.kind, column.native_type].some(
    (name) => fold(name) === fold(written),
  );
}
