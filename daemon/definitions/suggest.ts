import { distance } from 'fastest-levenshtein';

const maxSuggestions = 3;

/** The known names nearest to a mistyped one, best first, at most three; empty if none is near. Letter case is not counted. */
export function nearest(name: string, known: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const limit = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  const found: { candidate: string; away: number }[] = [];
  for (const candidate of known) {
    // The difference in length is a lower bound: most of a hundred thousand names need no look.
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const away = distance(wanted, candidate.toLowerCase());
    if (away <= limit && away < Math.max(wanted.length, candidate.length)) found.push({ candidate, away });
  }
  found.sort((a, b) => a.away - b.away || (a.candidate < b.candidate ? -1 : 1));
  return [...new Set(found.map(({ candidate }) => candidate))].slice(0, maxSuggestions);
}

/** `did you mean a, b or c?`, or undefined if nothing is near. */
export function didYouMean(suggestions: readonly string[]): string | undefined {
  return suggestions.length === 0 ? undefined : `did you mean ${orList(suggestions)}?`;
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const maxListed = 12;

/** `a, b, c …` for hints that list what is known; long lists are cut. */
export function listed(words: Iterable<string>): string {
  const all = [...words];
  const rest = all.length - maxListed;
  return all.slice(0, maxListed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
