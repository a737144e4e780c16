/**
 * The thread that owns one SQLite database connection: node:sqlite is synchronous, and the engine's event loop must stay free.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { EngineError, toEngineError } from '../errors.ts';
import type { Value } from './connection.ts';
import { floatText } from './numberText.ts';
import type { SqliteInput, SqliteReply, SqliteRequest, SqliteStart } from './sqliteProtocol.ts';
import { csvField, toText } from './sqliteText.ts';

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

/** Writes a SELECT (columns c0, c1, …, then the rowid or null) as CSV. Returns the rows written. */
function exportCsv(request: Extract<SqliteRequest, { type: 'export' }>): number {
  const converters = request.columns.map(toText);
  const doubtful = new Set<number>();
  const file = openSync(request.path, 'w', 0o600);
  let rows = 0;
  let pending = '';
  try {
    for (const row of rowsOf(prepare(request.sql), [])) {
      const rowid = row[converters.length];
      const where = () =>
        rowid === null || rowid === undefined ? `row ${rows + 1}` : `rowid ${String(rowid)}`;
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
