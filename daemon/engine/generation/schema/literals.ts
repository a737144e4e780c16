import { quoteText } from '../../connections/ansiDialect.ts';

/**
 * A text of the user as SQL. Braces are written by their codes: between them the tokens of spec.ts stand, and none may be made of what
 * a user wrote.
 */
export function textLiteral(text: string): string {
  const parts = text.split(/([{}])/).filter((part) => part !== '');
  if (parts.length === 0) return "''";
  const written = parts.map((part) =>
    part === '{' ? 'chr(123)' : part === '}' ? 'chr(125)' : quoteText(part),
  );
  return written.length === 1 ? (written[0] ?? '') : `(${written.join(' || ')})`;
}

/** A text without the signs that tokens begin and end with. */
export function safeText(text: string): string {
  return text.replace(/[{}]/g, ' ');
}

/** The list of a dictionary or of values, as the value of a variable. */
export function textList(texts: readonly string[]): string {
  return `[${texts.map(textLiteral).join(', ')}]`;
}
