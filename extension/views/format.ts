/** Times and foreign text as the trees say them; numbers and durations are said as in the reports of the command line. */
import { formatTime, oneLine, plural } from '../../daemon/client/text.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `40 s left`, `3 min left`, `1 h 5 min left`: as exact as an estimate deserves, and not another text every second. */
export function formatLeft(leftMs: number): string {
  const seconds = Math.max(1, Math.round(leftMs / 1000));
  if (seconds <= 10) return `${seconds} s left`;
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`} left`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`; the date after a week. */
export function formatAgo(iso: string, nowMs: number): string {
  const agoMs = Math.max(0, nowMs - Date.parse(iso));
  if (agoMs < minuteMs) return 'just now';
  if (agoMs < hourMs) return `${Math.floor(agoMs / minuteMs)} min ago`;
  if (agoMs < dayMs) return `${Math.floor(agoMs / hourMs)} h ago`;
  if (agoMs < 7 * dayMs) return `${plural(Math.floor(agoMs / dayMs), 'day')} ago`;
  return formatDate(iso);
}

/** Local date, `2026-01-31`. */
export function formatDate(iso: string): string {
  return formatTime(iso).slice(0, 10);
}

/** Text from data or files, of however many lines, as one line of at most so many characters. */
export function short(text: string, maxLength = 200): string {
  const line = oneLine(text);
  if (line.length <= maxLength) return line;
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Joins what there is to say with ` · `. */
export function facts(...parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
}

/** What a screen reader says of a line: its kind and name, its state in words, and the description where that says more. */
export function spoken(kind: string, name: string, state: string, description: string): string {
  const isSaid =
    description === state || description.startsWith(`${state} · `) || description.startsWith(`${state},`);
  const said = isSaid ? description : facts(state, description);
  return `${kind} ${name}${said === '' ? '' : `, ${said.replaceAll(' · ', ', ')}`}`;
}
