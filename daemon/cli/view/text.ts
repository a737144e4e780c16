import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** Cuts plain text (no colour codes) to `width` terminal columns, ending in … where something was cut. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let used = 0;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    const columns = stringWidth(segment);
    if (used + columns > width - 1) break;
    used += columns;
    kept += segment;
  }
  return `${kept}…`;
}

function breakWord(word: string, width: number): string[] {
  const pieces = [''];
  let used = 0;
  for (const { segment } of segmenter.segment(word)) {
    const columns = stringWidth(segment);
    if (used > 0 && used + columns > width) {
      pieces.push('');
      used = 0;
    }
    pieces[pieces.length - 1] += segment;
    used += columns;
  }
  return pieces;
}

/** Breaks plain text into lines of at most `width` columns, between words where they fit and inside longer ones. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (stringWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

/** Truncates and pads plain text to exactly `width` terminal columns. */
export function fit(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}

/** `████████░░░░`, `share` from 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
