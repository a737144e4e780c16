/** Two slow cores that also run the daemon, its engine and a browser: long, and only ever used up by a failure. */
export const uiTimeoutMs = 60_000;

export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Matches this text and nothing else, but for space around it. */
export function exactly(text: string): RegExp {
  return new RegExp(String.raw`^\s*${escapeRegExp(text)}\s*$`);
}
