/** Sentences of messages. Free of vscode. */
import { formatCount } from '../../daemon/client/text.ts';

/** In one line, with a full stop: what goes on after a colon. */
export function stopped(text: string): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

/** The same with a capital first. Code such as `daily.batch.yaml:4:5: …` keeps its first letter. */
export function sentence(text: string): string {
  const line = stopped(text);
  const [firstWord = ''] = line.split(' ', 1);
  return /^[a-z]+[,.]?$/.test(firstWord) ? line.charAt(0).toUpperCase() + line.slice(1) : line;
}

/** `a`, `a and b`, `a, b and 3 more`: at most `shown` names. */
export function listed(names: readonly string[], shown = 3): string {
  const [last, ...others] = names.toReversed();
  if (last === undefined) return '';
  if (names.length > shown) {
    return `${names.slice(0, shown).join(', ')} and ${formatCount(names.length - shown)} more`;
  }
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

/** A name as messages quote it. */
export function quoted(name: string): string {
  return `“${name}”`;
}
