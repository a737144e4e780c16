/** Values of this process's environment, of the names asked for and set. Nothing else of it is read. */
export function environmentValues(
  names: Iterable<string>,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}
