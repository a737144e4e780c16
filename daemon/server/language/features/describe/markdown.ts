/** Text of users in Markdown: what they wrote is shown, never obeyed. */

/** Underscores inside of words mean nothing in Markdown: most names stay as they are. */
export function escaped(text: string): string {
  return text.replace(/[\\`*[\]<>~&]|(?<!\w)_|_(?!\w)/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}

export function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = /^`|`$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text.replace(/\s*\n\s*/g, ' ')}${pad}${fence}`;
}
