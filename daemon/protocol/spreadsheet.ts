/**
 * What spreadsheets run as a formula when they open a CSV file: patterns that JavaScript and DuckDB read alike, so that every
 * file we write is guarded in one way. Text that fits `formulaPattern` and not `plainNumberPattern` gets a leading apostrophe.
 */

/** The full-width forms too: some spreadsheets fold them to ASCII before they look. */
export const formulaPattern = '^[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]';

/** All of the text is a number, which may begin with a sign. */
export const plainNumberPattern = '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$';
