import { EngineError, toEngineError } from '../../errors.ts';
import { unknownColumn } from '../columns.ts';
import { matchName } from '../names.ts';
import type { Check, CheckSide } from './check.ts';
import { chosenSides, columnOn, countViolations, violationFinding } from './sides.ts';

/** Every value of the columns that has no NULL in it exists in the referenced table of the same side. */
export const foreignKey: Check<'foreign_key'> = {
  kind: 'foreign_key',
  async run(params, context) {
    const { columns, references } = params;
    if (columns.length !== references.columns.length) {
      const message = `foreign_key has ${columns.length} columns but references ${references.columns.length}`;
      throw new EngineError('definition', 'columns_do_not_pair', message, {
        hint: 'Give as many columns under references as under columns.',
      });
    }
    const sides = chosenSides(context, params.side);
    const referenced = new Map<CheckSide, readonly string[]>();
    for (const side of sides) referenced.set(side, await referencedColumns(side, references));
    const { counts, samples } = await countViolations(
      sides,
      (side) => {
        const own = columns.map((name) => columnOn(side, name, context));
        const names = own.map((column) => `s.${side.quote(column.name)}`);
        const pairs = names.map(
          (name, index) => `r.${side.quote(referenced.get(side)?.[index] ?? '')} = ${name}`,
        );
        const from = side.side.connection.dialect.from({ table: references.table }, 'r');
        const isWhole = names.map((name) => `${name} is not null`).join(' and ');
        return {
          condition: `${isWhole} and not exists (select 1 from ${from} where ${pairs.join(' and ')})`,
          columns: own,
        };
      },
      context,
    );
    const what = `have ${columns.join(', ')} without a row in ${references.table}`;
    return violationFinding(counts, 0, samples, what);
  },
};

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
