import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { typeName } from '../types.ts';
import type { Check, CheckContext, CheckFinding } from './check.ts';
import { driftOfBaseline } from './driftOfBaseline.ts';
import { chosenSides } from './sides.ts';

type Columns = NonNullable<CheckParameters<'schema_drift'>['columns']>;

/** The table of a side is as it was agreed: by its columns and types, or by a catalog that was kept. */
export const schemaDrift: Check<'schema_drift'> = {
  kind: 'schema_drift',
  async run(params, context) {
    return params.columns === undefined
      ? driftOfBaseline(params, context)
      : driftOfColumns(params.columns, params, context);
  },
};

function driftOfColumns(
  columns: Columns,
  params: CheckParameters<'schema_drift'>,
  context: CheckContext,
): CheckFinding {
  const agreed = Object.entries(columns);
  const reasons: string[] = [];
  const actual: Record<string, Record<string, string>> = {};
  for (const side of chosenSides(context, params.side)) {
    const own = side.name === 'source' ? context.source_columns : context.target_columns;
    actual[side.name] = Object.fromEntries(own.map((column) => [column.name, typeName(column.type)]));
    for (const [name, type] of agreed) {
      const column = own.find((each) => each.name === name);
      if (column === undefined) reasons.push(`${name} is gone from the ${side.name}`);
      else if (fold(typeName(column.type)) !== fold(type) && fold(column.native_type) !== fold(type))
        reasons.push(`${name} of the ${side.name} is ${typeName(column.type)}, agreed was ${type}`);
    }
    const fresh = own.filter((column) => !agreed.some(([name]) => name === column.name));
    if (fresh.length > 0 && !params.allow_new)
      reasons.push(`new in the ${side.name}: ${fresh.map((column) => column.name).join(', ')}`);
  }
  return {
    status: reasons.length > 0 ? 'failed' : 'passed',
    expected: columns,
    actual,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}

const fold = (type: string): string => type.toLowerCase().replaceAll(/\s+/g, '');
