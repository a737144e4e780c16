/** Text of a float as short as it can be so that it reads back the same; NaN and infinities by name; zero has no sign. */
export function floatText(value: number, bits: 32 | 64): string {
  if (value === 0) return '0';
  if (bits === 64 || !Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * A decimal number's text without exponent, without leading or trailing zeros, zero without sign: equal numbers have equal text.
 * The same form as the DuckDB SQL of validation/canonical.ts writes. `text` is digits with optional sign, point and exponent.
 */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point > digits.length ? digits.padEnd(point, '0') : digits;
  const left = point > 0 ? padded.slice(0, point) : '';
  const right = point > 0 ? padded.slice(point) : '0'.repeat(-point) + padded;
  const plainLeft = left.replace(/^0+/, '') || '0';
  const plainRight = right.replace(/0+$/, '');
  const plain = plainRight === '' ? plainLeft : `${plainLeft}.${plainRight}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}
