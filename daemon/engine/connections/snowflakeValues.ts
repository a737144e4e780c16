import type { SnowflakeField } from '../validation/snowflakeTypes.ts';
import type { Value } from './connection.ts';

const nanosecondsOf = (seconds: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d{0,9}))?/.exec(seconds) ?? [];
  const value = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  return sign === '-' ? -value : value;
};

const dayMs = 86_400_000n;
const msNanoseconds = 1_000_000n;

/** Years of four digits, as the service has them. */
function momentText(nanoseconds: bigint, digits: number): string {
  const floor = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b);
  const ms = floor(nanoseconds, msNanoseconds);
  const days = floor(ms, dayMs);
  const date = new Date(Number(days * dayMs));
  const ofDay = nanoseconds - days * dayMs * msNanoseconds;
  return `${date.toISOString().slice(0, 10)} ${clockText(ofDay, digits)}`;
}

function clockText(ofDay: bigint, digits: number): string {
  const seconds = ofDay / 1_000_000_000n;
  const part = (value: bigint): string => String(value).padStart(2, '0');
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(part).join(':');
  const fraction = String(ofDay % 1_000_000_000n)
    .padStart(9, '0')
    .slice(0, digits);
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

/** A value of a result as the SQL API writes it (days, seconds), as text a person can read. */
export function snowflakeValue(value: string | null, { type, scale }: SnowflakeField): Value {
  if (value === null) return null;
  const digits = scale ?? 9;
  switch (type.toLowerCase()) {
    case 'boolean':
      return value === 'true' || value === '1';
    case 'date':
      return new Date(Number(value) * Number(dayMs)).toISOString().slice(0, 10);
    case 'time':
      return clockText(nanosecondsOf(value), digits);
    case 'timestamp_ntz':
      return momentText(nanosecondsOf(value), digits);
    case 'timestamp_ltz':
      return `${momentText(nanosecondsOf(value), digits)}+00`;
    case 'timestamp_tz':
      // Seconds, a blank, and minutes of the zone: the instant is the seconds.
      return `${momentText(nanosecondsOf(value.split(' ')[0] ?? ''), digits)}+00`;
    case 'binary':
      return value.toLowerCase();
    default:
      return value;
  }
}
