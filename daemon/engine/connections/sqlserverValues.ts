import { EngineError } from '../errors.ts';
import type { Value } from './connection.ts';
import { floatText } from './numberText.ts';

/** What the driver tells of a column of a result. */
export interface SqlserverColumn {
  readonly colName: string;
  readonly type: { readonly name: string };
  readonly precision?: number;
  readonly scale?: number;
  readonly dataLength?: number;
}

/** Significant digits that every double keeps: the driver makes numbers of decimals. */
export const safeDigits = 15;
/** The driver divides the ten-thousandths of MONEY as a double: up to here they are all told apart. */
const safeMoney = 900_000_000_000;

/** A value of the driver as text that says all of it; bytes as hexadecimal. What has lost digits on the way is an error. */
export function sqlserverValue(value: unknown, column: SqlserverColumn): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return wellFormed(value, column.colName);
  if (typeof value === 'number') return numberText(value, column);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return momentText(value, column);
  if (Buffer.isBuffer(value)) return value.toString('hex');
  throw unreadable(column, 'is of a type that cannot be read exactly');
}

/** Half of a surrogate pair has no form in UTF-8: as the sign of damage it would be equal to any other. */
export function wellFormed(text: string, column: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  throw new EngineError(
    'definition',
    'bad_value',
    `column ${column}: text that is no Unicode (half of a pair)`,
    {
      hint: 'Exclude the column, or compare its bytes: convert(varbinary(max), …) in a query.',
    },
  );
}

function numberText(value: number, column: SqlserverColumn): string {
  const { name } = column.type;
  if (/^(Float|Real|FloatN)$/.test(name))
    return floatText(value, name === 'Real' || (name === 'FloatN' && column.dataLength === 4) ? 32 : 64);
  if (/^(Decimal|Numeric)N?$/.test(name)) {
    if ((column.precision ?? 38) > safeDigits) throw unreadable(column, 'has more than 15 digits');
    return value.toFixed(column.scale ?? 0);
  }
  if (/Money/.test(name)) {
    if (Math.abs(value) > safeMoney) throw unreadable(column, 'holds an amount of more than 15 digits');
    return value.toFixed(4);
  }
  if (Number.isSafeInteger(value)) return String(value);
  throw unreadable(column, 'holds a number that cannot be read exactly');
}

function unreadable({ colName, type }: SqlserverColumn, what: string): EngineError {
  return new EngineError('definition', 'value_not_readable', `column ${colName} (${type.name}) ${what}`, {
    hint: 'Write convert(nvarchar(max), …) around it in the query.',
  });
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** Milliseconds are the Date's; what is finer stands beside it, in seconds. */
function momentText(value: Date & { readonly nanosecondsDelta?: number }, column: SqlserverColumn): string {
  const { name } = column.type;
  const day = `${pad(value.getUTCFullYear(), 4)}-${pad(value.getUTCMonth() + 1, 2)}-${pad(value.getUTCDate(), 2)}`;
  if (name === 'Date') return day;
  const digits = name === 'SmallDateTime' ? 0 : /^DateTimeN?$/.test(name) ? 3 : (column.scale ?? 7);
  const finer = Math.round((value.nanosecondsDelta ?? 0) * 1e7);
  const fraction = (pad(value.getUTCMilliseconds(), 3) + pad(finer, 4)).slice(0, digits);
  const clock = [value.getUTCHours(), value.getUTCMinutes(), value.getUTCSeconds()].map((part) =>
    pad(part, 2),
  );
  const time = `${clock.join(':')}${fraction === '' ? '' : `.${fraction}`}`;
  if (name === 'Time') return time;
  return `${day} ${time}${name === 'DateTimeOffset' ? '+00' : ''}`;
}
