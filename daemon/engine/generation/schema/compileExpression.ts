import type { Expression } from '../../../definitions/schema/expression.ts';
import type { FunctionName } from '../../../definitions/schema/expressionTypes.ts';
import { textLiteral } from './literals.ts';

export interface ExpressionNames {
  /** SQL of another column of the row. */
  readonly column: (name: string) => string;
  /** SQL of the number of the row. */
  readonly row: string;
}

type Compile = (args: readonly string[]) => string;
const call =
  (name: string): Compile =>
  (args) =>
    `${name}(${args.join(', ')})`;
const whole = (sql = '0') => `(${sql})::bigint`;

const functions: Readonly<Record<FunctionName, Compile>> = {
  abs: call('abs'),
  round: ([value, digits = '0']) => `round(${value ?? ''}, ${digits})`,
  floor: ([value]) => `floor(${value ?? ''})`,
  ceil: ([value]) => `ceil(${value ?? ''})`,
  least: call('least'),
  greatest: call('greatest'),
  if: ([condition = '', then = '', otherwise = '']) =>
    `case when ${condition} then ${then} else ${otherwise} end`,
  coalesce: call('coalesce'),
  lower: call('lower'),
  upper: call('upper'),
  trim: call('trim'),
  length: call('length'),
  left: ([text, count]) => `left(${text ?? ''}, ${whole(count)})`,
  right: ([text, count]) => `right(${text ?? ''}, ${whole(count)})`,
  substr: ([text, from, count]) =>
    count === undefined
      ? `substr(${text ?? ''}, ${whole(from)})`
      : `substr(${text ?? ''}, ${whole(from)}, ${whole(count)})`,
  replace: call('replace'),
  lpad: ([text, count, fill]) => `lpad(${text ?? ''}, (${count ?? ''})::integer, ${fill ?? ''})`,
  ascii: ([text]) => `strip_accents(${text ?? ''})`,
  text: ([value]) => `(${value ?? ''})::varchar`,
  number: ([text]) => `(${text ?? ''})::decimal(38,9)`,
  year: ([day]) => `year((${day ?? ''})::date)`,
  month: ([day]) => `month((${day ?? ''})::date)`,
  day: ([day]) => `day((${day ?? ''})::date)`,
  date: ([value]) => `(${value ?? ''})::date`,
  timestamp: ([value]) => `(${value ?? ''})::timestamp`,
  add_days: ([day, count]) => `((${day ?? ''})::date + (${count ?? ''})::integer)`,
  add_seconds: ([moment, count]) => `((${moment ?? ''})::timestamp + to_seconds(${whole(count)}))`,
  days_between: ([from, to]) => `date_diff('day', (${from ?? ''})::date, (${to ?? ''})::date)`,
};

/** SQL of a parsed expression. Names and texts of the user come out quoted, operators and functions from tables of ours. */
export function compileExpression(expression: Expression, names: ExpressionNames): string {
  const inner = (each: Expression): string => compileExpression(each, names);
  switch (expression.kind) {
    case 'number':
      return expression.text;
    case 'text':
      return textLiteral(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'row':
      return names.row;
    case 'column':
      return names.column(expression.name);
    case 'negative':
      return `(-${inner(expression.of)})`;
    case 'not':
      return `(not ${inner(expression.of)})`;
    case 'is_null':
      return `(${inner(expression.of)} is null)`;
    case 'is_not_null':
      return `(${inner(expression.of)} is not null)`;
    case 'binary':
      return `(${inner(expression.left)} ${expression.operator} ${inner(expression.right)})`;
    case 'call':
      return functions[expression.name as FunctionName](expression.args.map(inner));
  }
}
