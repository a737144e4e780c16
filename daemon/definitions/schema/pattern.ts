/** `pattern:` of schema files: text of a form, as a list of positions with the characters each may have. */
export type Positions = readonly (readonly string[])[];

/** A mistake in a pattern; `at` counts characters from 0. */
export class PatternMistake extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const digits = [...'0123456789'];
const maxPositions = 200;

/** Letters stand for themselves; [A-F0-9], \d, and {n} behind one of them. Throws PatternMistake. */
export function parsePattern(source: string): Positions {
  const signs = [...source];
  const positions: (readonly string[])[] = [];
  let at = 0;
  while (at < signs.length) {
    const sign = signs[at] ?? '';
    let choices: readonly string[];
    if (sign === '[') {
      const end = signs.indexOf(']', at + 1);
      if (end === -1) throw new PatternMistake(at, '[ has no ]');
      choices = classOf(signs.slice(at + 1, end), at + 1);
      at = end + 1;
    } else if (sign === '\\') {
      const next = signs[at + 1];
      if (next === undefined) throw new PatternMistake(at, 'a backslash must be followed by a character');
      if (/[A-Zace-z]/.test(next))
        throw new PatternMistake(at, `\\${next} means nothing; write \\d or [A-Z]`);
      choices = next === 'd' ? digits : [next];
      at += 2;
    } else {
      if ('*+?|(){}'.includes(sign))
        throw new PatternMistake(at, `${sign} is not allowed here; write \\${sign} for the character itself`);
      choices = [sign];
      at += 1;
    }
    const repeat = /^\{(\d{1,3})\}/.exec(signs.slice(at, at + 5).join(''));
    const times = repeat === null ? 1 : Number(repeat[1]);
    if (signs[at] === '{' && repeat === null)
      throw new PatternMistake(at, '{ must be followed by a number and }: {3}');
    if (times === 0) throw new PatternMistake(at, '{0} would be nothing');
    at += repeat?.[0].length ?? 0;
    for (let count = 0; count < times; count += 1) positions.push(choices);
    if (positions.length > maxPositions)
      throw new PatternMistake(at, `longer than ${maxPositions} characters`);
  }
  return positions;
}

function classOf(inside: readonly string[], start: number): readonly string[] {
  const found = new Set<string>();
  for (let at = 0; at < inside.length; at += 1) {
    const first = inside[at] ?? '';
    const last = inside[at + 2];
    if (inside[at + 1] === '-' && last !== undefined) {
      const [from, to] = [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0];
      if (to < from || to - from > 1000) throw new PatternMistake(start + at, `${first}-${last} is no range`);
      for (let code = from; code <= to; code += 1) found.add(String.fromCodePoint(code));
      at += 2;
    } else found.add(first);
  }
  if (found.size === 0) throw new PatternMistake(start, '[] has no characters');
  return [...found];
}

/** How many texts have the form. */
export function patternSize(positions: Positions): bigint {
  return positions.reduce((size, choices) => size * BigInt(choices.length), 1n);
}
