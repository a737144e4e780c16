export { formatCount, plural } from '../protocol/countText.ts';

/** Characters that would move the cursor, change colours or turn the reading direction around. */
const invisible = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]',
  'gu',
);
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text from data or files, safe to print in one line: control and direction characters become visible escapes. */
export function visible(text: string): string {
  return text.replace(
    invisible,
    (character) =>
      shortEscapes[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Text of several lines (an error of a database, SQL) safe to print in one: what was laid out is read as a sentence. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
}

/** `340 ms`, `4.2 s`, `2 m 05 s`, `30 m`, `1 h 02 m`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const [whole, rest, units] =
    seconds < 3600
      ? ([Math.floor(seconds / 60), seconds % 60, ['m', 's']] as const)
      : ([Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, ['h', 'm']] as const);
  return `${whole} ${units[0]}${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')} ${units[1]}`}`;
}

/** `812 B`, `3.4 KiB`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** Local date and time to the second, `2026-01-31 23:59:59`: what a person compares with the clock on the wall. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
