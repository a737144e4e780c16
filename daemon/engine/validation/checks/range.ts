import type { ColumnInfo } from '../../connections/connection.ts';
import { EngineError } from '../../errors.ts';
import type { Check, CheckSide } from './check.ts';
import { chosenSides, columnOn, countViolations, violationFinding } from './sides.ts';

/** Values lie between min and max (both inclusive unless `exclusive`); NULLs are not looked at. */
export const range: Check<'range'> = {
  kind: 'range',
  async run(params, context) {
    const { min, max } = params;
    if (min === undefined && max === undefined) {
      throw new EngineError('definition', 'no_limits', 'range has neither min nor max', {
        hint: 'Give min, max or both.',
      });
    }
    const { counts, samples } = await countViolations(
      chosenSides(context, params.side),
      (side) => {
        const column = columnOn(side, params.column, context);
        const value = orderedColumn(side, column);
        const literal = (limit: string | number | boolean): string =>
          column.type.kind === 'text' ? side.exactLiteral(String(limit)) : side.literal(limit);
        const parts: string[] = [];
        if (min !== undefined) parts.push(`${value} ${params.exclusive ? '<=' : '<'} ${literal(min)}`);
        if (max !== undefined) parts.push(`${value} ${params.exclusive ? '>=' : '>'} ${literal(max)}`);
        return { condition: `(${parts.join(' or ')})`, columns: [column] };
      },
      context,
    );
    const finding = violationFinding(counts, 0, samples, `lie outside the range of ${params.column}`);
    return { ...finding, expected: { min, max, exclusive: params.exclusive } };
  },
};

/** Text is ordered by bytes everywhere; PostgreSQL would take the collation of the database. */
function orderedColumn(side: CheckSide, column: ColumnInfo): string {
  const name = side.exact('s', column);
  const isCollated = side.side.connection.type === 'postgres' && column.type.kind === 'text';
  return isCollated ? `${name} collate "C"` : name;
}
