/** What must be right between the tables of a schema file: keys, references, the order in which they can be made. */
import type { Diagnostic } from '../../protocol/errors.ts';
import type { ColumnDefinition, SchemaFile } from '../../protocol/files/schema.ts';
import { problemAt, type Path, type SourceDocument } from '../document.ts';
import { didYouMean, listed, nearest } from '../suggest.ts';
import { generatorsOf, keyOf, referenceOf } from './columns.ts';

/** Mistakes of tables, keys and references. */
export function checkTables(document: SourceDocument, schema: SchemaFile): Diagnostic[] {
  const names = Object.keys(schema.tables);
  const found: Diagnostic[] = [];
  if (names.length === 0)
    found.push(
      problemAt(document, ['tables'], 'key', {
        code: 'invalid_value',
        message: 'there are no tables',
        hint: 'add a table with its rows and columns',
      }),
    );
  if (schema.fact_table !== undefined && !names.includes(schema.fact_table))
    found.push(
      unknownName(
        document,
        ['fact_table'],
        `there is no table ${schema.fact_table}`,
        schema.fact_table,
        names,
      ),
    );
  const seen = new Map<string, string>();
  for (const [name, table] of Object.entries(schema.tables)) {
    const path = ['tables', name];
    const twin = seen.get(name.toLowerCase());
    // Most systems and file systems do not tell them apart.
    if (twin !== undefined)
      found.push(
        problemAt(document, path, 'key', {
          code: 'duplicate_name',
          message: `table ${name} differs from ${twin} in nothing but case`,
        }),
      );
    seen.set(name.toLowerCase(), name);
    found.push(...checkKey(document, schema, name));
    const columns = Object.keys(table.columns);
    found.push(...checkNames(document, name, columns));
    if (columns.length === 0)
      found.push(
        problemAt(document, [...path, 'columns'], 'key', {
          code: 'invalid_value',
          message: `${name} has no columns`,
        }),
      );
    for (const [column, definition] of Object.entries(table.columns))
      found.push(...checkReference(document, schema, [...path, 'columns', column], definition));
  }
  return [...found, ...checkOrder(document, schema)];
}

/** What systems would take for one name, and what generation needs for itself. */
function checkNames(document: SourceDocument, table: string, columns: readonly string[]): Diagnostic[] {
  const problem = (path: Path, message: string) =>
    problemAt(document, path, 'key', { code: 'invalid_value', message, hint: 'choose another name' });
  const reserved = /^(_faults$|_ombudsman)/i.test(table)
    ? [problem(['tables', table], `${table} is a name that generation needs for itself`)]
    : [];
  const seen = new Set<string>();
  return columns.reduce((found, column) => {
    const path = ['tables', table, 'columns', column];
    if (/^gen_/i.test(column)) found.push(problem(path, `names with gen_ are those of generation itself`));
    if (seen.has(column.toLowerCase()))
      found.push(problem(path, `${column} differs from another column in nothing but case`));
    seen.add(column.toLowerCase());
    return found;
  }, reserved);
}

function unknownName(
  document: SourceDocument,
  path: Path,
  message: string,
  written: string,
  known: readonly string[],
): Diagnostic {
  const suggestions = nearest(written, known);
  return problemAt(document, path, 'value', {
    code: 'unknown_value',
    message,
    hint: didYouMean(suggestions) ?? `known are ${listed(known)}`,
    suggestions,
  });
}

function checkKey(document: SourceDocument, schema: SchemaFile, name: string): Diagnostic[] {
  const table = schema.tables[name];
  if (table === undefined) return [];
  const path = ['tables', name, 'key'];
  const known = Object.keys(table.columns);
  const key = keyOf(table);
  const found: Diagnostic[] = [];
  key.forEach((column, index) => {
    const place = Array.isArray(table.key) ? [...path, index] : path;
    const definition = table.columns[column];
    if (definition === undefined)
      found.push(unknownName(document, place, `${name} has no column ${column}`, column, known));
    else if ((definition.null_rate ?? 0) > 0)
      found.push(
        problemAt(document, ['tables', name, 'columns', column, 'null_rate'], 'key', {
          code: 'invalid_value',
          message: `${column} is of the key of ${name} and cannot lack a value`,
          hint: 'remove null_rate',
        }),
      );
  });
  if (found.length > 0) return found;
  const columns = key.flatMap((column) => table.columns[column] ?? []);
  return canBeUnique(columns)
    ? keyRoom(document, schema, name, columns)
    : [
        problemAt(
          document,
          table.key === undefined ? ['tables', name] : path,
          table.key === undefined ? 'key' : 'value',
          {
            code: 'invalid_value',
            message: `values of the key of ${name} (${key.join(', ')}) would come twice`,
            hint: 'use sequence, or unique: true, for one of its columns; or make it of references only',
          },
        ),
      ];
}

/** True if no two rows share the key, or an expression in it may see to that (counted after writing). */
function canBeUnique(columns: readonly ColumnDefinition[]): boolean {
  return (
    columns.every((column) => column.reference !== undefined) ||
    columns.some((column) => {
      const [generator] = generatorsOf(column);
      const isFlat = generator === 'sequence' && stepOf(column) === 0;
      return (generator === 'sequence' && !isFlat) || generator === 'expression' || column.unique === true;
    })
  );
}

const stepOf = ({ sequence }: ColumnDefinition): number => (typeof sequence === 'object' ? sequence.step : 1);

/** A key of references has as many values as its tables have rows, multiplied. */
function keyRoom(
  document: SourceDocument,
  schema: SchemaFile,
  name: string,
  columns: readonly ColumnDefinition[],
): Diagnostic[] {
  const table = schema.tables[name];
  const references = columns.map(referenceOf);
  if (table === undefined || references.some((each) => each === null || each.distribution === 'in_turn'))
    return [];
  const room = references.reduce(
    (product, each) => product * (schema.tables[each?.table ?? '']?.rows ?? 1),
    1,
  );
  if (room >= table.rows) return [];
  return [
    problemAt(document, ['tables', name, 'rows'], 'value', {
      code: 'invalid_value',
      message: `${name} cannot have ${table.rows} rows: its key has only ${room} values`,
      hint: `write rows: ${room}, or more rows for ${listed([...new Set(references.map((each) => each?.table ?? ''))])}`,
    }),
  ];
}

function checkReference(
  document: SourceDocument,
  schema: SchemaFile,
  path: Path,
  column: ColumnDefinition,
): Diagnostic[] {
  if (column.reference === undefined) return [];
  const place =
    typeof column.reference === 'string' ? [...path, 'reference'] : [...path, 'reference', 'column'];
  const reference = referenceOf(column);
  if (reference === null)
    return [
      problemAt(document, place, 'value', {
        code: 'invalid_value',
        message: 'a reference names a table and a column',
        hint: 'write table.column',
      }),
    ];
  const table = schema.tables[reference.table];
  if (table === undefined)
    return [
      unknownName(
        document,
        place,
        `there is no table ${reference.table}`,
        reference.table,
        Object.keys(schema.tables),
      ),
    ];
  const target = table.columns[reference.column];
  if (target === undefined)
    return [
      unknownName(
        document,
        place,
        `${reference.table} has no column ${reference.column}`,
        reference.column,
        Object.keys(table.columns),
      ),
    ];
  const own = String(path[1]);
  if (reference.table === own && reference.column === path[3])
    return [
      problemAt(document, place, 'value', {
        code: 'invalid_value',
        message: 'a column cannot refer to itself',
        hint: `name the key: ${own}.${keyOf(table)[0] ?? ''}`,
      }),
    ];
  if (reference.table === own && target.reference !== undefined)
    return [
      problemAt(document, place, 'value', {
        code: 'invalid_value',
        message: 'a reference to the same table must name a column that is no reference',
      }),
    ];
  return checkSameRow(document, schema, path, column);
}

function checkSameRow(
  document: SourceDocument,
  schema: SchemaFile,
  path: Path,
  column: ColumnDefinition,
): Diagnostic[] {
  const reference = referenceOf(column);
  const other = reference?.same_row_as;
  if (reference === null || other === undefined) return [];
  const columns = schema.tables[String(path[1])]?.columns ?? {};
  const leader = columns[other] === undefined ? null : referenceOf(columns[other]);
  // A reference with a mistake of its own is told there.
  if (
    columns[other]?.reference !== undefined &&
    (leader === null || schema.tables[leader.table] === undefined)
  )
    return [];
  if (leader !== null && leader.table === reference.table && leader.same_row_as === undefined) return [];
  const fitting = Object.entries(columns)
    .filter(([, each]) => {
      const own = referenceOf(each);
      return own?.table === reference.table && own.same_row_as === undefined;
    })
    .map(([name]) => name);
  return [
    problemAt(document, [...path, 'reference', 'same_row_as'], 'value', {
      code: 'unknown_value',
      message: `${other} is no reference to ${reference.table} that chooses a row`,
      hint: fitting.length === 0 ? 'remove same_row_as' : `write ${fitting.join(' or ')}`,
      suggestions: fitting,
    }),
  ];
}

/** Tables, parents first; null if some refer to each other in a circle. */
export function tablesInOrder(schema: SchemaFile): string[] | null {
  const parents = new Map(
    Object.entries(schema.tables).map(([name, table]) => [
      name,
      new Set(
        Object.values(table.columns)
          .flatMap((column) => referenceOf(column)?.table ?? [])
          .filter((each) => each !== name && schema.tables[each] !== undefined),
      ),
    ]),
  );
  const order: string[] = [];
  while (order.length < parents.size) {
    const next = [...parents].find(
      ([name, of]) => !order.includes(name) && [...of].every((each) => order.includes(each)),
    );
    if (next === undefined) return null;
    order.push(next[0]);
  }
  return order;
}

function checkOrder(document: SourceDocument, schema: SchemaFile): Diagnostic[] {
  if (tablesInOrder(schema) !== null) return [];
  // What is left when all that can be made is made, and what only hangs on it, is the circle.
  let left = Object.keys(schema.tables);
  const refersTo = (name: string) =>
    Object.values(schema.tables[name]?.columns ?? {})
      .flatMap((column) => referenceOf(column)?.table ?? [])
      .filter((each) => each !== name);
  for (let size = -1; size !== left.length;) {
    size = left.length;
    left = left.filter(
      (name) =>
        refersTo(name).some((each) => left.includes(each)) &&
        left.some((each) => refersTo(each).includes(name) && each !== name),
    );
  }
  const [first = ''] = left;
  return [
    problemAt(document, ['tables', first], 'key', {
      code: 'dependency_cycle',
      message: `tables refer to each other in a circle: ${left.join(', ')}`,
      hint: 'replace one of the references by a number of the same range',
    }),
  ];
}
