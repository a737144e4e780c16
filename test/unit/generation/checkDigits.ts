/** Check digits as their standards tell them, written without a look at the generator's SQL. */

function luhn(digits: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += Math.floor(doubled / 10) + (doubled % 10);
  }
  return sum % 10 === 0;
}

const weighted = (digits: string, weights: readonly number[]): number =>
  [...digits].reduce((sum, digit, index) => sum + Number(digit) * (weights[index % weights.length] ?? 0), 0);

export const isPan = (text: string): boolean => /^\d{16}$/.test(text) && luhn(text);
export const isNpi = (text: string): boolean => /^[12]\d{9}$/.test(text) && luhn(`80840${text}`);
export const isGtin13 = (text: string): boolean => /^\d{13}$/.test(text) && weighted(text, [1, 3]) % 10 === 0;
export const isAba = (text: string): boolean => /^\d{9}$/.test(text) && weighted(text, [3, 7, 1]) % 10 === 0;

export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]{11,30}$/.test(text)) return false;
  const moved = `${text.slice(4)}${text.slice(0, 4)}`;
  const digits = [...moved].map((character) => parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

export function isLoinc(text: string): boolean {
  const match = /^(\d{1,5})-(\d)$/.exec(text);
  return match !== null && luhn(`${match[1]}${match[2]}`);
}
