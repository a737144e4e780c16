/**
 * JSON text of a document in pieces. Objects of the first two levels have a line for each field, lists in them a line for each
 * element: a person can read it, diff and grep it, and no piece is longer than one element.
 */
const maxDepth = 2;

/**
 * Yields the text of an object piece by piece, up to its last field: the caller ends it with `documentEnd`, or puts one more field
 * before that. Fields that are undefined are left out.
 */
export function* serialise(value: object): Generator<string, void, void> {
  yield* fieldPieces(value, 0);
}

export const documentEnd = '\n}\n';

function* pieces(value: unknown, depth: number): Generator<string, void, void> {
  if (Array.isArray(value) && value.length > 0 && depth <= maxDepth) {
    yield* listPieces(value, depth);
  } else if (isPlainObject(value) && depth < maxDepth) {
    yield* fieldPieces(value, depth);
    yield `\n${'  '.repeat(depth)}}`;
  } else {
    yield JSON.stringify(value) ?? 'null';
  }
}

function* listPieces(list: readonly unknown[], depth: number): Generator<string, void, void> {
  const indent = '  '.repeat(depth + 1);
  let separator = '[\n';
  for (const element of list) {
    yield `${separator}${indent}${JSON.stringify(element) ?? 'null'}`;
    separator = ',\n';
  }
  yield `\n${'  '.repeat(depth)}]`;
}

function* fieldPieces(value: object, depth: number): Generator<string, void, void> {
  const indent = '  '.repeat(depth + 1);
  let separator = '{\n';
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    yield `${separator}${indent}${JSON.stringify(key)}: `;
    yield* pieces(field, depth + 1);
    separator = ',\n';
  }
  if (separator === '{\n') yield '{';
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
