import type { CheckParameters } from '../../protocol/files/checks.ts';

export type ChecksumKind = CheckParameters<'checksum'>['algorithm'];

/** True when `text` is well formed and its check digit right. Blanks and hyphens do not count; letters count in upper case only. */
export function hasCheckDigit(text: string, kind: ChecksumKind): boolean {
  const bare = kind === 'icd10' ? text : text.replaceAll(/[ -]/g, '');
  return rules[kind](bare);
}

const rules: Readonly<Record<ChecksumKind, (text: string) => boolean>> = {
  luhn: (text) => /^\d{2,}$/.test(text) && luhn(text),
  // CMS: ten digits, first 1 or 2, Luhn over 80840 and the number.
  npi: (text) => /^[12]\d{9}$/.test(text) && luhn(`80840${text}`),
  iban: isIban,
  aba: isAba,
  // ISO 6166: letters as 10 to 35, then Luhn over all digits.
  isin: (text) => /^[A-Z]{2}[A-Z0-9]{9}\d$/.test(text) && luhn(lettersAsNumbers(text)),
  gtin: isGtin,
  // ICD-10-CM has no check digit: the shape of a code, with its point where it is longer than three characters.
  icd10: (text) => /^[A-Z]\d[0-9AB](\.[0-9A-Z]{1,4})?$/.test(text),
};

function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function lettersAsNumbers(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
}

/** ISO 13616: country, two check digits, 11 to 30 characters; the first four go to the end, letters become numbers, modulo 97 is 1. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const digits = lettersAsNumbers(text.slice(4) + text.slice(0, 4));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** US routing number: 3(d1+d4+d7) + 7(d2+d5+d8) + (d3+d6+d9) is a multiple of ten. */
function isAba(text: string): boolean {
  if (!/^\d{9}$/.test(text) || text === '000000000') return false;
  const weights = [3, 7, 1];
  const sum = [...text].reduce((total, digit, index) => total + Number(digit) * (weights[index % 3] ?? 0), 0);
  return sum % 10 === 0;
}

/** GS1: from the right, digits count 1 and 3 in turn, the sum is a multiple of ten. */
function isGtin(text: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false;
  const sum = [...text]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
