/** Decimal digits that every value of an integer of so many bits fits into. */
const digitsOfBits: Readonly<Record<number, number>> = { 8: 3, 16: 5, 32: 10, 64: 19, 128: 39 };
/** Bits of the integers that a float of so many bits holds exactly. */
const exactBits: Readonly<Record<number, number>> = { 32: 16, 64: 32 };

interface Parsed {
  readonly kind: string;
  readonly numbers: readonly number[];
}

function parse(canonical: string): Parsed {
  const [, kind = canonical, written] = /^(.*?)(?:\((\d+(?:,\d+)?)\))?$/s.exec(canonical) ?? [];
  return { kind, numbers: written === undefined ? [] : written.split(',').map(Number) };
}

/** The word in front of the parentheses: what systems that do not hold values to more can be compared by. */
export function kindOfType(canonical: string): string {
  const { kind } = parse(canonical);
  return kind === 'varchar' || kind === 'char' ? 'text' : kind.replace(/^unsigned /, '');
}

/**
 * True if every value of the one canonical type (`decimal(10,2)`, as types.ts of the engine writes them) is a value of the other
 * with the same meaning: readers and writers go on as before.
 */
export function isWidening(before: string, after: string): boolean {
  const [a, b] = [parse(before), parse(after)];
  const [first = 0, scale = 0] = a.numbers;
  const [newFirst = 0, newScale = 0] = b.numbers;
  switch (`${a.kind} ${b.kind}`) {
    case 'integer integer':
    case 'unsigned integer unsigned integer':
    case 'float float':
    case 'timestamp timestamp':
    case 'timestamptz timestamptz':
    case 'time time':
    case 'varchar varchar':
    case 'char varchar':
      return newFirst >= first;
    case 'unsigned integer integer':
      return newFirst > first;
    case 'varchar text':
    case 'char text':
      return true;
    case 'decimal decimal':
      if (b.numbers.length === 0) return true;
      return a.numbers.length > 0 && newScale >= scale && newFirst - newScale >= first - scale;
    case 'integer decimal':
    case 'unsigned integer decimal':
      return b.numbers.length === 0 || newFirst - newScale >= (digitsOfBits[first] ?? Infinity);
    case 'integer float':
      return first <= (exactBits[newFirst] ?? 0);
    default:
      return before === after;
  }
}
