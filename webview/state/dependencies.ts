/** What each ticked pipeline runs after, as typed: names of other ticked ones, separated by commas. */
export type AfterTexts = Readonly<Record<string, string>>;

/** The names in one field, each once. */
export function namesIn(text: string | undefined): string[] {
  const names = (text ?? '').split(',').map((part) => part.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}

/** Pipeline -> what is wrong with what it runs after. Empty: the order can be kept. */
export function dependencyProblems(chosen: readonly string[], after: AfterTexts): Record<string, string> {
  const ticked = new Set(chosen);
  const problems: Record<string, string> = {};
  for (const id of chosen) {
    const wrong = namesIn(own(after, id)).find((name) => name === id || !ticked.has(name));
    if (wrong === id) problems[id] = 'A pipeline cannot run after itself.';
    else if (wrong !== undefined) problems[id] = `${wrong} is not one of the ticked pipelines.`;
  }
  if (Object.keys(problems).length > 0) return problems;
  const circle = circleIn(chosen, (id) => namesIn(own(after, id)));
  const [first] = circle;
  return first === undefined ? {} : { [first]: `These wait for each other: ${circle.join(' → ')}.` };
}

/** Names on a way that leads back to its begin, which stands there twice; empty if there is none. */
function circleIn(ids: readonly string[], afterOf: (id: string) => readonly string[]): string[] {
  const done = new Set<string>();
  for (const start of ids) {
    // A stack of its own: a chain may be as long as the batch.
    const way: { readonly id: string; readonly rest: string[] }[] = [
      { id: start, rest: [...afterOf(start)] },
    ];
    const onWay = new Set([start]);
    while (way.length > 0) {
      const here = way.at(-1);
      if (here === undefined) break;
      const next = here.rest.pop();
      if (next === undefined) {
        way.pop();
        onWay.delete(here.id);
        done.add(here.id);
      } else if (onWay.has(next)) {
        const names = way.map(({ id }) => id);
        return [...names.slice(names.indexOf(next)), next];
      } else if (!done.has(next)) {
        way.push({ id: next, rest: [...afterOf(next)] });
        onWay.add(next);
      }
    }
  }
  return [];
}

/** Names come from files: one may be called as something every object has. */
export function own(texts: AfterTexts, id: string): string | undefined {
  return Object.hasOwn(texts, id) ? texts[id] : undefined;
}
