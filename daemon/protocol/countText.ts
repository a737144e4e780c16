/** `1,234,567`, whatever the locale of the machine. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 row`, `2 rows`, `12,345 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const irregular: Readonly<Record<string, string>> = { are: 'is', do: 'does', have: 'has', were: 'was' };

/** What counted things do, as one says it of so many: of one, `have no member` becomes `has no member`. The verb comes first. */
export function agreed(count: number, what: string): string {
  if (count !== 1) return what;
  return what.replace(/^\w+/, (verb) => irregular[verb] ?? `${verb}s`);
}
