/** The page with the row of this number (from 1), or undefined if there is no such row. */
export function pageOfRow(text: string, total: number, pageSize: number): number | undefined {
  const digits = text.replace(/[,_\s]/g, '');
  const row = Number(digits);
  return /^\d+$/.test(digits) && row >= 1 && row <= total ? Math.floor((row - 1) / pageSize) : undefined;
}
