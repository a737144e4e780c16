/** Characters that would turn the reading direction around or cannot be seen: shown as what they are. */
const invisible = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]',
  'gu',
);
const longestShown = 2_000;

/** Text from files and data, safe to lay out in one line: cut where nobody reads on. */
export function visible(text: string, longest = longestShown): string {
  // Not through the middle of a character of two halves.
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return cut.replace(
    invisible,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** `340 ms`, `4.2 s`, `2 m 05 s`, `1 h 02 m`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} m`;
}

/** The same for what changes while it is looked at: no tenths that flicker. */
export function formatRunning(durationMs: number): string {
  return formatDuration(durationMs < 60_000 ? Math.floor(durationMs / 1000) * 1000 : durationMs).replace(
    /^(\d+)(\.0 s|(?<=^0) ms)$/,
    '$1 s',
  );
}

/** `1,234,567`, whatever the locale of the machine. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `812 B`, `3.4 KiB`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** Rounded down: 100 % is said only of what is over. */
export function formatPercent(percent: number): string {
  return `${Math.floor(percent)} %`;
}

/** Local date and time, `2026-01-31 23:59:59`: what a person compares with the clock on the wall. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  return `${formatDay(date)} ${formatClock(date)}`;
}

export function formatDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function formatClock(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function formatAgo(iso: string, nowMs: number): string {
  const minutes = Math.floor((nowMs - Date.parse(iso)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} days ago`;
}

/** A value of a result: text as it is, all else as JSON. */
export function formatValue(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'NULL';
  if (typeof value === 'string') return visible(value);
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : String(value);
  return visible(JSON.stringify(value));
}
