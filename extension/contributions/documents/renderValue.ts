/** Values of differing cells as text: two values that differ never look the same. */

/** Control, format and private characters, lone surrogates, and every blank that is not the plain one. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  return shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * NULL for null; text as it is where that is clear, else in quotes with escapes: empty text, blanks at the ends, characters that
 * nobody sees, and accents that are composed in another way than usual.
 */
export function renderValue(value: string | null): string {
  if (value === null) return 'NULL';
  const isComposed = value.normalize('NFC') === value;
  const isPlain =
    isComposed &&
    value !== '' &&
    value !== 'NULL' &&
    value.trim() === value &&
    !/["\\]/.test(value) &&
    value.search(unseen) === -1;
  if (isPlain) return value;
  const escaped = value.replace(/["\\]/g, '\\$&').replace(unseen, escapeCharacter);
  return `"${isComposed ? escaped : escaped.replace(/[^\u0000-\u007f]/gu, escapeCharacter)}"`;
}

const maxCharacters = 400;
const before = 60;

/** Both values of one cell. Of long ones the part where they begin to differ is shown. */
export function renderPair(source: string | null, target: string | null): [string, string] {
  const longest = Math.max(source?.length ?? 0, target?.length ?? 0);
  if (longest <= maxCharacters) return [renderValue(source), renderValue(target)];
  let same = 0;
  if (source !== null && target !== null) while (source[same] === target[same] && same < longest) same += 1;
  const from = Math.max(0, same - before);
  return [part(source, from), part(target, from)];
}

function part(value: string | null, from: number): string {
  if (value === null || value.length <= maxCharacters) return renderValue(value);
  const shown = renderValue(value.slice(from, from + maxCharacters));
  return `${shown} (${maxCharacters} of ${value.length} characters, from ${from + 1})`;
}
