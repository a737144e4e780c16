import { EngineError, toEngineError } from '../../errors.ts';
import { unknownColumn } from '../columns.ts';
import { matchName } from '../names.ts';
import type { Check, CheckContext, CheckSide } from './check.ts';
import { chosenSides, columnOn, countViolations, violationFinding } from './sides.ts';

/** Every value of the columns that has no NULL in it exists in the referenced table of the same side. */
export const foreignKey: Check<'foreign_key'> = {
  kind: 'foreign_key',
  async run(params, context) {
    const { columns, references } = params;
    assertPairs('foreign_key', columns, references.columns);
    const { counts, samples } = await countOrphans(
      chosenSides(context, params.side),
      () => ({ columns, references }),
      context,
    );
    const what = `have ${columns.join(', ')} without a row in ${references.table}`;
    return violationFinding(counts, 0, samples, what);
  },
};

/** An EngineError unless there are as many columns on both ends of a reference. */
export function assertPairs(kind: string, columns: readonly string[], others: readonly string[]): void {
  if (columns.length === others.length) return;
  const message = `${kind} has ${columns.length} columns but refers to ${others.length}`;
  throw new EngineError('definition', 'columns_do_not_pair', message, {
    hint: 'Give as many columns on both ends of the reference.',
  });
}

export interface Reference {
  readonly columns: readonly string[];
  readonly references: {
    readonly table: string;
    readonly columns: readonly string[];
    /** Condition on the rows that may be referred to. */
    readonly where?: string | undefined;
  };
  /** NULL in the columns counts as an orphan too. */
  readonly nullsCount?: boolean;
}

/** Rows that refer to nothing, counted by each system itself. */
export async function countOrphans(
  sides: readonly CheckSide[],
  referenceOf: (side: CheckSide) => Reference,
  context: CheckContext,
): ReturnType<typeof countViolations> {
  const referenced = new Map<CheckSide, readonly string[]>();
  for (const side of sides) referenced.set(side, await referencedColumns(side, referenceOf(side).references));
  return countViolations(
    sides,
    (side) => {
      const { columns, references, nullsCount } = referenceOf(side);
      const own = columns.map((name) => columnOn(side, name, context));
      const names = own.map((column) => `s.${side.quote(column.name)}`);
      const pairs = own.flatMap((column, index) => {
        const other = { ...column, name: referenced.get(side)?.[index] ?? '' };
        const equal = `r.${side.quote(other.name)} = ${names[index]}`;
        const exact = `${side.exact('r', other)} = ${side.exact('s', column)}`;
        // The plain comparison has the index, the exact one the last word where a collation takes ABC for abc.
        return exact === equal ? [equal] : [equal, exact];
      });
      const { table, where } = references;
      const from = side.side.connection.dialect.from({ table, where }, 'r');
      const isWhole = names.map((name) => `${name} is not null`).join(' and ');
      // A comparison with NULL finds no row: such rows are orphans by themselves.
      const isOrphan = `not exists (select 1 from ${from} where ${pairs.join(' and ')})`;
      return { condition: nullsCount === true ? isOrphan : `${isWhole} and ${isOrphan}`, columns: own };
    },
    context,
  );
}

async function referencedColumns(
  side: CheckSide,
  references: { readonly table: string; readonly columns: readonly string[] },
): Promise<string[]> {
  const { connection, signal, name } = side.side;
  const there = await connection.describe({ table: references.table }, { signal }).catch((error: unknown) => {
    throw toEngineError(error, `${name} ${connection.name}`);
  });
  return references.columns.map((wanted) => {
    const column = matchName(wanted, there, (each) => each.name);
    if (column === undefined)
      throw unknownColumn('references.columns', wanted, there, `table ${references.table}`);
    return column.name;
  });
}
