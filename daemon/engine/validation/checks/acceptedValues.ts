import type { Check } from './check.ts';
import { chosenSides, columnOn, countViolations, violationFinding } from './sides.ts';

/** The column holds the listed values or NULL. */
export const acceptedValues: Check<'accepted_values'> = {
  kind: 'accepted_values',
  async run(params, context) {
    const { counts, samples } = await countViolations(
      chosenSides(context, params.side),
      (side) => {
        const column = columnOn(side, params.column, context);
        const isText = column.type.kind === 'text';
        // Numbers written without quotes in the file are text where the column is.
        const values = params.values.map((value) =>
          isText ? side.exactLiteral(String(value)) : side.literal(value),
        );
        return { condition: `${side.exact('s', column)} not in (${values.join(', ')})`, columns: [column] };
      },
      context,
    );
    const finding = violationFinding(counts, 0, samples, `hold other values in ${params.column}`);
    return { ...finding, expected: params.values };
  },
};
