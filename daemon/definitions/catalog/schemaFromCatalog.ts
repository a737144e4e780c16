/** A catalog -> the text of a schema file that generates data which look alike: keys, references, types, and ranges where a profile tells them. */
import { Document, visit } from 'yaml';
import type { Catalog, CatalogColumn, CatalogTable } from '../../protocol/catalog.ts';
import { columnTypePattern, dictionaryNames, type DictionaryName } from '../../protocol/files/schema.ts';

interface Named {
  readonly schema: string;
  readonly table: CatalogTable;
  /** As the file calls it: with its schema only where two have the name. */
  readonly name: string;
}

type Column = Record<string, unknown>;

export interface SchemaDraft {
  readonly text: string;
  /** What could not be carried over, for a person to look at. */
  readonly notes: readonly string[];
}

const defaultRows = 1000;
/** Document, mapping and pair of: the file, `tables`, a table, `columns`, a column. */
const columnDepth = 9;
const safeName = (name: string): string => name.replace(/[^\p{L}\p{N}_$ -]/gu, '_').slice(0, 63);

/** Writes the schema file. What the catalog does not tell is filled in by type and name, and said in `notes` where it matters. */
export function schemaFromCatalog(catalog: Catalog): SchemaDraft {
  const notes: string[] = [];
  const tables = namedTables(catalog);
  const byPlace = new Map(tables.map((each) => [`${each.schema}.${each.table.name}`, each]));
  const order = parentsFirst(tables, byPlace);
  const made: Record<string, unknown> = {};
  for (const { schema, table, name } of tables) {
    const columns = columnsOf({ schema, table, name }, byPlace, order, notes);
    if (Object.keys(columns).length === 0) {
      notes.push(`${name}: has no columns, left out`);
      continue;
    }
    const key = table.primary_key?.columns.map(safeName);
    made[name] = {
      ...(table.comment !== null && { description: table.comment }),
      rows: rowsOf(table),
      ...(key !== undefined && { key: key.length === 1 ? key[0] : key }),
      columns,
    };
    if (key === undefined) notes.push(`${name}: has no primary key; its first column is made the key`);
  }
  const head =
    `# Data that look like those of ${catalog.connection} (${catalog.system}), made of its catalog of ${catalog.extracted_at.slice(0, 10)}.\n` +
    '# Keys, references and types are those of the catalog; values are drawn, none is copied. Change what you know better.\n';
  const document = new Document({ schema_name: safeName(catalog.connection), tables: made });
  // A column on one line: a table is read as a table then.
  visit(document, {
    Map: (_, node, path) => {
      if (path.length === columnDepth) node.flow = true;
    },
  });
  return { text: head + document.toString({ lineWidth: 0 }), notes };
}

function namedTables({ schemas }: Catalog): Named[] {
  const all = schemas.flatMap((schema) =>
    schema.tables
      .filter(({ kind }) => kind !== 'partition' && kind !== 'virtual_table')
      .map((table) => ({ schema: schema.name, table })),
  );
  const count = new Map<string, number>();
  for (const { table } of all)
    count.set(table.name.toLowerCase(), (count.get(table.name.toLowerCase()) ?? 0) + 1);
  return all.map(({ schema, table }) => ({
    schema,
    table,
    name: safeName((count.get(table.name.toLowerCase()) ?? 0) > 1 ? `${schema}_${table.name}` : table.name),
  }));
}

function rowsOf({ row_count: { value } }: CatalogTable): number {
  return value === null || value === 0 ? defaultRows : value;
}

/** Position of each table such that references point backwards; those of a circle come in the order of the catalog. */
function parentsFirst(
  tables: readonly Named[],
  byPlace: ReadonlyMap<string, Named>,
): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const visit = (each: Named, way: ReadonlySet<string>): void => {
    if (order.has(each.name) || way.has(each.name)) return;
    for (const { references } of each.table.foreign_keys) {
      const parent = byPlace.get(`${references.schema}.${references.table}`);
      if (parent !== undefined && parent.name !== each.name) visit(parent, new Set([...way, each.name]));
    }
    order.set(each.name, order.size);
  };
  for (const each of tables) visit(each, new Set());
  return order;
}

function columnsOf(
  { table, name }: Named,
  byPlace: ReadonlyMap<string, Named>,
  order: ReadonlyMap<string, number>,
  notes: string[],
): Record<string, Column> {
  const referenced = referencesOf({ table, name }, byPlace, order, notes);
  const key = table.primary_key?.columns ?? table.columns.slice(0, 1).map((column) => column.name);
  const unique = new Set([
    ...(key.length === 1 ? key : []),
    ...table.unique_keys.flatMap(({ columns }) => (columns.length === 1 ? columns : [])),
    ...table.indexes.flatMap(({ unique: isUnique, columns: [only, ...more], predicate }) =>
      isUnique && predicate === null && more.length === 0 && only?.column != null ? [only.column] : [],
    ),
  ]);
  // A key of references only needs nothing more; else one column of it must tell its rows apart.
  const teller = key.every((column) => referenced.has(column))
    ? undefined
    : key.find((column) => !referenced.has(column));
  const made: Record<string, Column> = {};
  for (const column of table.columns) {
    const isKey = key.includes(column.name);
    const reference = referenced.get(column.name);
    const type = typeOf(column);
    if (type === null) notes.push(`${name}.${column.name}: ${column.native_type} is made text`);
    const values =
      reference ??
      valuesOf(column, type ?? 'text', unique.has(column.name) || column.name === teller, rowsOf(table));
    made[safeName(column.name)] = {
      ...values,
      ...(reference === undefined && { type: type ?? 'text' }),
      ...nullRate(column, isKey, rowsOf(table), table.profile?.rows_scanned),
    };
  }
  return made;
}

function referencesOf(
  { table, name }: Pick<Named, 'table' | 'name'>,
  byPlace: ReadonlyMap<string, Named>,
  order: ReadonlyMap<string, number>,
  notes: string[],
): Map<string, Column> {
  const found = new Map<string, Column>();
  for (const { columns, references } of table.foreign_keys) {
    const parent = byPlace.get(`${references.schema}.${references.table}`);
    const [first, ...others] = columns;
    const target = references.columns;
    if (parent === undefined || first === undefined || target.length !== columns.length) {
      notes.push(`${name} (${columns.join(', ')}): refers to ${references.table}, which the catalog lacks`);
      continue;
    }
    if ((order.get(parent.name) ?? 0) > (order.get(name) ?? 0)) {
      notes.push(
        `${name} (${columns.join(', ')}): tables refer to each other in a circle; this reference is left out`,
      );
      continue;
    }
    if (columns.some((column) => found.has(column))) {
      notes.push(`${name} (${columns.join(', ')}): a column of two references; the second is left out`);
      continue;
    }
    const place = (column = '') => `${parent.name}.${safeName(column)}`;
    found.set(first, { reference: place(target[0]) });
    others.forEach((column, index) =>
      found.set(column, { reference: { column: place(target[index + 1]), same_row_as: safeName(first) } }),
    );
  }
  return found;
}

/** As a schema file writes it; null for what it has no type for. */
function typeOf({ canonical_type: type }: CatalogColumn): string | null {
  if (columnTypePattern.test(type)) return type;
  const bits = /^(unsigned )?integer\((\d+)\)$/.exec(type);
  if (bits !== null) return integerType(Number(bits[2]), bits[1] !== undefined);
  if (/^(text|varchar|char|uuid|json)(\(|$)/.test(type)) return 'text';
  if (/^timestamp/.test(type)) return 'timestamp';
  return /^(float\(|decimal$)/.test(type) ? 'decimal(18,6)' : null;
}

function integerType(bits: number, isUnsigned: boolean): string {
  const needed = isUnsigned ? bits + 1 : bits;
  return needed <= 16 ? 'smallint' : needed <= 32 ? 'integer' : 'bigint';
}

function nullRate(
  column: CatalogColumn,
  isKey: boolean,
  rows: number,
  scanned: number | undefined,
): { null_rate?: number } {
  if (isKey || column.nullable === false) return {};
  if (column.profile === undefined) return column.nullable === true ? { null_rate: 0.05 } : {};
  const of = scanned ?? rows;
  return column.profile.nulls === 0 || of === 0
    ? {}
    : { null_rate: Math.min(1, Math.max(0.0001, Number((column.profile.nulls / of).toFixed(4)))) };
}

function valuesOf(column: CatalogColumn, type: string, isUnique: boolean, rows: number): Column {
  const { profile } = column;
  if (type === 'boolean') return { boolean: 0.5 };
  if (type === 'date') return { date: range(profile?.min, profile?.max, isUnique ? rows : 0) };
  if (type === 'timestamp') {
    const { from, to } = range(profile?.min, profile?.max, 0);
    return {
      timestamp: { from, to: nextDay(to), ...(isUnique && { precision: 'microseconds' }) },
      ...(isUnique && { unique: true }),
    };
  }
  if (type !== 'text') return numberOf(column, type, isUnique);
  return textOf(column, isUnique, rows);
}

function numberOf({ profile }: CatalogColumn, type: string, isUnique: boolean): Column {
  const decimals = Math.min(9, Number(/,(\d+)\)$/.exec(type)?.[1] ?? 0));
  const low = Number(profile?.min ?? Number.NaN);
  if (isUnique) return { sequence: Number.isSafeInteger(low) ? low : 1 };
  const high = Number(profile?.max ?? Number.NaN);
  const isKnown =
    Number.isFinite(low) && Number.isFinite(high) && Math.abs(low) < 1e9 && Math.abs(high) < 1e9;
  const digits = Number(/\((\d+)/.exec(type)?.[1] ?? 4) - decimals;
  const cut = (value: number) => Number(value.toFixed(decimals));
  return {
    number: {
      min: isKnown ? cut(low) : 0,
      max: isKnown ? cut(high) : Math.min(1000, 10 ** digits - 1),
      ...(decimals > 0 && { decimals }),
    },
  };
}

const byName: readonly (readonly [RegExp, DictionaryName])[] = [
  [/^(first|given|fore)_?name$/i, 'first_name'],
  [/^(last|family|sur)_?name$/i, 'last_name'],
  [/^(full|contact|customer|employee|person)_?name$/i, 'full_name'],
  [/e_?mail/i, 'email'],
  [/^(street|address|address_?(line)?_?1)$/i, 'street'],
  [/^city|town$/i, 'city'],
  [/^(state|region|province)$/i, 'state'],
  [/^(zip|postal|post)_?(code)?$/i, 'postal_code'],
  [/^country(_?code)?$/i, 'country_code'],
  [/^(company|company_?name|organi[sz]ation)$/i, 'company'],
  [/^product_?name$/i, 'product'],
];

/** Words by the name of the column, else text of the most frequent form, else letters. Values of the catalog are never copied. */
function textOf(
  { name, length, profile, canonical_type: type }: CatalogColumn,
  isUnique: boolean,
  rows: number,
): Column {
  if (type === 'uuid') return { pattern: uuid, ...(isUnique && { unique: true }) };
  if (type === 'json') return { constant: '{}' };
  const dictionary = byName.find(([pattern]) => pattern.test(name))?.[1];
  // The longest word of any dictionary is well below this.
  if (
    !isUnique &&
    dictionary !== undefined &&
    dictionaryNames.includes(dictionary) &&
    (length === null || length >= 60)
  )
    return { dictionary };
  const form = profile?.patterns?.find(({ pattern }) => pattern.trim() !== '')?.pattern;
  const longest = Math.max(1, Math.min(length ?? 200, 60));
  const written = form === undefined || form.length > longest ? null : patternOf(form);
  const letters = Math.max(1, Math.min(longest, isUnique ? Math.max(8, digitsFor(rows)) : 12));
  const fallback = `[A-Z]{${letters}}`;
  const pattern = written === null || (isUnique && written.room < rows) ? fallback : written.text;
  return { pattern, ...(isUnique && { unique: true }) };
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}';
const digitsFor = (rows: number): number => Math.ceil(Math.log(rows + 1) / Math.log(26)) + 1;

/** `Aa-99` of a profile as a pattern of a schema file. */
function patternOf(form: string): { text: string; room: number } {
  let room = 1;
  const text = [...form]
    .map((sign) => {
      if (sign === 'A') room *= 26;
      if (sign === 'a') room *= 26;
      if (sign === '9') room *= 10;
      if (sign === 'A') return '[A-Z]';
      if (sign === 'a') return '[a-z]';
      return sign === '9' ? '[0-9]' : /[[\]{}()*+?|\\]/.test(sign) ? `\\${sign}` : sign;
    })
    .join('');
  return {
    text: text.replace(/(\[[^\]]+\])\1+/g, (run, one: string) => `${one}{${run.length / one.length}}`),
    room,
  };
}

const day = /^\d{4}-\d\d-\d\d/;

function range(
  min: string | null | undefined,
  max: string | null | undefined,
  days: number,
): { from: string; to: string } {
  const from = day.exec(min ?? '')?.[0] ?? '2020-01-01';
  const to = day.exec(max ?? '')?.[0] ?? '2024-12-31';
  const end = new Date(Math.max(Date.parse(to), Date.parse(from) + days * 86_400_000))
    .toISOString()
    .slice(0, 10);
  return { from, to: end };
}

const nextDay = (date: string): string => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
