/** Whether the number says what its text says. 0.1 does (it prints as 0.1 again); 9007199254740993 does not. */
export function isExact(source: string | undefined, value: number): boolean {
  if (source === undefined || !Number.isFinite(value) || !/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(source))
    return true;
  return significantDigits(source) === significantDigits(String(value));
}

function significantDigits(text: string): string {
  return text
    .replace(/e.*$/i, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '');
}
