/** The only place of the command line that looks at its environment. */

/** Values of the named variables that are set (an empty value counts as set). */
export function environmentValues(names: Iterable<string>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Colours: never with NO_COLOR or a dumb terminal, always with FORCE_COLOR, else on a terminal. See no-color.org. */
export function wantsColor(isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return isTerminal && TERM !== 'dumb';
}

/** A display that redraws itself: on a terminal that can move its cursor, and not in CI logs that only look like one. */
export function wantsLiveDisplay(isTerminal: boolean): boolean {
  const { CI, TERM } = process.env;
  return isTerminal && TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false');
}
