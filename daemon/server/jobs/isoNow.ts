let lastMs = 0;
let lastText = '';

/** Now, as ISO 8601 UTC with milliseconds. Thousands of records are stamped within one millisecond; the text is made once for it. */
export function isoNow(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
