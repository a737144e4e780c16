/**
 * The thread that owns one SQLite database connection: node:sqlite is synchronous, and the engine's event loop must stay free.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { EngineError, toEngineError } from '../errors.ts';
import type { Value } from './connection.ts';
import { floatText } from './numberText.ts';
import { RowHasher, type BucketSums, type HashPlan } from '../validation/strategies/rowHasher.ts';
import type { ExportColumn, SqliteInput, SqliteReply, SqliteRequest, SqliteStart } from './sqliteProtocol.ts';
import { csvField, toText, type ToText } from './sqliteText.ts';

const start = workerData as SqliteStart;
const cancelled = new Int32Array(start.cancelled);
const rowsPerReport = 50_000;
const flushCharacters = 1 << 20;
const busyTimeoutMs = 30_000;

const database = new DatabaseSync(start.path, { readOnly: start.readOnly, timeout: busyTimeoutMs });

function throwIfCancelled(): void {
  if (Atomics.load(cancelled, 0) !== 0) throw new EngineError('interrupted', 'aborted', 'stopped');
}

/** prepare() drops what stands behind a semicolon without a word: here that is an error. */
function prepare(sql: string): StatementSync {
  const statement = database.prepare(sql);
  const rest = sql.slice(sql.indexOf(statement.sourceSQL) + statement.sourceSQL.length);
  if (/\S/.test(rest.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').replaceAll(';', '')))
    throw new EngineError(
      'definition',
      'several_statements',
      'expected one SELECT, found several statements',
      {
        hint: 'Write a single SELECT without a semicolon.',
      },
    );
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement;
}

/** Rows as arrays, looking at the flag before each. */
function* rowsOf(statement: StatementSync, params: readonly Value[]): Generator<SqliteInput[]> {
  const bound = params.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  for (const row of statement.iterate(...bound)) {
    throwIfCancelled();
    yield row as unknown as SqliteInput[];
  }
}

function toValue(value: SqliteInput): Value {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return floatText(value, 64);
  return typeof value === 'bigint' ? String(value) : Buffer.from(value).toString('hex');
}

function query(sql: string, params: readonly Value[]) {
  const statement = prepare(sql);
  const columns = statement.columns().map(({ name }) => name);
  const rows = [...rowsOf(statement, params)].map((row) => row.map(toValue));
  return { columns, rows };
}

/** node:sqlite reads text that is no UTF-8 with U+FFFD in it, without a word: columns that show one are read as bytes. */
function assertUtf8(sql: string, column: number, name: string): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const bytes = prepare(`select cast(c${column} as blob) from (${sql}) where typeof(c${column}) = 'text'`);
  for (const [value] of rowsOf(bytes, [])) {
    try {
      decoder.decode(value as Uint8Array);
    } catch {
      throw new EngineError('definition', 'bad_value', `column ${name}: text that is not UTF-8`, {
        hint: 'Convert the column to UTF-8 in the database, or read it as hex(…) in a query.',
      });
    }
  }
}

/** Writes a SELECT (columns c0, c1, …, those of a key, then the rowid or null) as CSV. Returns the rows written. */
function exportCsv(request: Extract<SqliteRequest, { type: 'export' }>): number {
  const { only } = request;
  const converters = request.columns.map(toText);
  const keys = only === undefined ? null : new TextHasher(only.columns, only.plan);
  const place = converters.length + (only?.columns.length ?? 0);
  const doubtful = new Set<number>();
  const file = openSync(request.path, 'w', 0o600);
  let rows = 0;
  let pending = '';
  try {
    for (const row of rowsOf(prepare(request.sql), [])) {
      const where = () => rowName(row[place], rows + 1);
      if (keys !== null && only?.keep[keys.bucketOf(row, converters.length, where)] !== 1) continue;
      const fields = converters.map((convert, index) => {
        const text = convert(row[index] ?? null, where);
        if (text?.includes('\uFFFD')) doubtful.add(index);
        return csvField(text);
      });
      pending += `${fields.join(',')}\n`;
      rows += 1;
      if (pending.length >= flushCharacters) {
        writeSync(file, pending);
        pending = '';
      }
      if (rows % rowsPerReport === 0) reply({ type: 'rows', rows });
    }
    writeSync(file, pending);
  } finally {
    closeSync(file);
  }
  for (const index of doubtful) assertUtf8(request.sql, index, request.columns[index]?.name ?? '');
  return rows;
}

function rowName(rowid: SqliteInput | undefined, number: number): string {
  return rowid === null || rowid === undefined ? `row ${number}` : `rowid ${String(rowid)}`;
}

/** Gives the values of rows, as the text that is written to CSV too, to a RowHasher. */
class TextHasher {
  readonly hasher: RowHasher;
  /** Columns in which a character showed that stands for broken text. */
  readonly doubtful = new Set<number>();
  readonly #converters: readonly ToText[];
  #bytes = Buffer.allocUnsafe(1 << 16);

  constructor(columns: readonly ExportColumn[], plan: HashPlan) {
    this.#converters = columns.map(toText);
    this.hasher = new RowHasher(plan);
  }

  /** The values of a row from column `from` on. */
  give(row: readonly SqliteInput[], from: number, where: () => string): void {
    for (let index = 0; index < this.#converters.length; index += 1) {
      const text = (this.#converters[index] as ToText)(row[from + index] ?? null, where);
      if (text === null) {
        this.hasher.nullValue();
        continue;
      }
      if (text.includes('\uFFFD')) this.doubtful.add(index);
      if (text.length * 3 > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(text.length * 4);
      this.hasher.value(this.#bytes, 0, this.#bytes.write(text));
    }
  }

  bucketOf(row: readonly SqliteInput[], from: number, where: () => string): number {
    this.give(row, from, where);
    this.hasher.dropRow();
    return this.hasher.bucket;
  }
}

/** Hashes a SELECT (columns c0, c1, …, then the rowid or null). */
function digest(request: Extract<SqliteRequest, { type: 'digest' }>): {
  sums: BucketSums;
  rows: number;
} {
  const text = new TextHasher(request.columns, request.plan);
  const { hasher } = text;
  const { length } = request.columns;
  for (const row of rowsOf(prepare(request.sql), [])) {
    text.give(row, 0, () => rowName(row[length], hasher.rowCount + 1));
    hasher.endRow();
    if (hasher.rowCount % rowsPerReport === 0) reply({ type: 'rows', rows: hasher.rowCount });
  }
  for (const index of text.doubtful) assertUtf8(request.sql, index, request.columns[index]?.name ?? '');
  return { sums: hasher.sums, rows: hasher.rowCount };
}

function insert(sql: string, rows: readonly (readonly SqliteInput[])[]): number {
  const statement = database.prepare(sql);
  for (const row of rows) {
    throwIfCancelled();
    statement.run(...row);
  }
  return rows.length;
}

function answer(request: SqliteRequest): unknown {
  switch (request.type) {
    case 'query':
      return query(request.sql, request.params);
    case 'describe':
      return prepare(request.sql)
        .columns()
        .map(({ name, type, table }) => ({ name, type, table }));
    case 'execute':
      database.exec(request.sql);
      return null;
    case 'export':
      return exportCsv(request);
    case 'digest':
      return digest(request);
    case 'insert':
      return insert(request.sql, request.rows);
    case 'close':
      database.close();
      return null;
  }
}

function reply(message: SqliteReply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (request: SqliteRequest) => {
  try {
    throwIfCancelledUnlessClosing(request);
    reply({ type: 'result', value: answer(request) });
  } catch (thrown) {
    const { message, kind, code, hint } = toEngineError(thrown);
    reply({ type: 'error', message, kind, code, hint });
  }
});

function throwIfCancelledUnlessClosing(request: SqliteRequest): void {
  if (request.type !== 'close') throwIfCancelled();
}
