/** Names with commas between, as typed. Free of vscode. */
export function readNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
