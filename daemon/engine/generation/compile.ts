import type { DateRange, Locale } from '../../protocol/files/generation.ts';
import { quoteIdentifier } from '../connections/ansiDialect.ts';
import { calendarOf, calendarTokens, scaledDays, type Calendar } from './domains/calendar.ts';
import { mixerMacros, skewMacro, streamConstants } from './mixer.ts';
import { columnSql, scaleOf, withNullRate } from './options.ts';
import type { DomainSpec, Scale, Step, TableSpec } from './spec.ts';

/** Rows of one range() in the source: ranges are scanned in parallel, and no more than a few wait in memory to keep the order. */
const rangeRows = 122_880;
const maxRanges = 256;

/** Rows `from` to `to` of a table, both inclusive, counted from 1. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

export interface CompiledTable {
  readonly table: TableSpec;
  readonly rows: number;
  /** The SELECT: columns in declared order and type, rows in order of the key. A slice only where `sliceable`. */
  readonly select: (slice?: Slice) => string;
  readonly sliceable: boolean;
}

export interface Compiled {
  /** Statements that prepare a DuckDB connection (macros, variables); all temporary. */
  readonly setup: readonly string[];
  readonly tables: readonly CompiledTable[];
}

export interface CompileOptions {
  /** Rows of other tables than the fact table. */
  readonly rows?: Readonly<Record<string, number>>;
  readonly locale?: Locale;
  readonly null_rate?: number | Readonly<Record<string, number>>;
  readonly skew?: number;
  readonly date_range?: DateRange;
}

/** SQL for every table of a domain. Pure: the same arguments give the same text. Rejects (EngineError) what the domain cannot do. */
export function compileDomain(
  domain: DomainSpec,
  rowCount: number,
  seed: number,
  options: CompileOptions = {},
): Compiled {
  const calendar = calendarOf(options.date_range);
  const scale = scaleOf(domain, rowCount, calendar, options.rows ?? {});
  const selects = new Map<string, () => string>();
  const context = { scale, seed, selects, calendar, tokens: calendarTokens(calendar) };
  const tables = withNullRate(domain.tables, options.null_rate).map((table) => {
    const rows = table.rows(scale);
    const select = (slice: Slice = { from: 1, to: rows }) => compileTable(table, slice, context);
    selects.set(table.name, select);
    return { table, rows, select, sliceable: table.from === undefined };
  });
  const lists = Object.entries(domain.lists(calendar, options.locale ?? 'en_US')).map(
    ([name, list]) => `set variable ${name} = ${list}`,
  );
  return {
    setup: [
      ...mixerMacros,
      ...(options.skew === undefined ? [] : [skewMacro(options.skew)]),
      ...lists,
      ...domain.macros,
    ],
    tables,
  };
}

interface CompileContext {
  readonly scale: Scale;
  readonly seed: number;
  readonly selects: ReadonlyMap<string, () => string>;
  readonly calendar: Calendar;
  readonly tokens: Readonly<Record<string, string>>;
}

function compileTable(table: TableSpec, slice: Slice, context: CompileContext): string {
  const layers = new Layers(table, slice, context);
  for (const step of table.steps) layers.add(step);
  const expressions = layers.expand(table.columns.map(columnSql));
  const columns = table.columns.map(
    (column, index) => `(${expressions[index]})::${column.type} as ${quoteIdentifier(column.name)}`,
  );
  const order = table.order_by === undefined ? '' : ` order by ${table.order_by}`;
  return `select ${columns.join(', ')} from ${layers.from}${order}`;
}

/**
 * Nested SELECTs, one for each step. Draws become columns of layers of their own, each made once: written in place, a draw would
 * hold 64 copies of its key, and DuckDB would plan longer than it runs.
 */
class Layers {
  readonly #table: TableSpec;
  readonly #context: CompileContext;
  /** Columns that hold draws, and the key column each depends on. */
  readonly #made = new Map<string, string>();
  readonly #names = new Set<string>();
  from: string;

  constructor(table: TableSpec, slice: Slice, context: CompileContext) {
    this.#table = table;
    this.#context = context;
    if (table.from === undefined) this.#names.add('i');
    this.from = table.from === undefined ? numbers(slice) : (this.expand([table.from])[0] ?? '');
  }

  add(step: Step): void {
    const expressions = this.expand(Object.values(step));
    const items = Object.keys(step).map((name, index) => ({ name, sql: expressions[index] ?? '' }));
    const replaced = items.map((item) => item.name).filter((name) => this.#names.has(name));
    this.#layer(items, replaced);
    for (const { name } of items) this.#names.add(name);
    for (const [made, key] of this.#made) if (replaced.includes(key)) this.#made.delete(made);
  }

  /** Replaces the tokens of spec.ts, adding layers for draws that no earlier expression asked for. */
  expand(expressions: readonly string[]): string[] {
    const bases = new Map<string, string>();
    const draws = new Map<string, string>();
    const keys = new Map<string, string>();
    const base = (stream: string, key: string): string => {
      const name = `base_${stream}_${key}`;
      const { table } = streamConstants(this.#context.seed, stream, '');
      if (!this.#made.has(name)) bases.set(name, `gen_base(${key}, ${table})`);
      keys.set(name, key);
      return name;
    };
    const draw = (stream: string, column: string, key: string): string => {
      const name = `draw_${stream}_${column}_${key}`;
      const constants = streamConstants(this.#context.seed, stream, column);
      if (!this.#made.has(name))
        draws.set(name, `gen_mix(xor(${base(stream, key)}, ${constants.column}::bigint))`);
      keys.set(name, key);
      return name;
    };
    const expanded = expressions.map((sql) =>
      this.#expandNames(sql)
        .replace(/\{#(\w+)@(\w+)\}/g, (_, stream: string, key: string) => base(stream, key))
        .replace(
          /\{(?:(\w+)\.)?(\w+)(?:@(\w+))?\}/g,
          (_, stream: string | undefined, column: string, key: string | undefined) =>
            draw(stream ?? this.#table.name, column, key ?? 'i'),
        ),
    );
    for (const wanted of [bases, draws]) {
      this.#layer([...wanted].map(([name, sql]) => ({ name, sql })));
      for (const name of wanted.keys()) this.#made.set(name, keys.get(name) ?? 'i');
    }
    return expanded;
  }

  #layer(
    items: readonly { readonly name: string; readonly sql: string }[],
    replaced: readonly string[] = [],
  ): void {
    if (items.length === 0) return;
    const star = replaced.length === 0 ? '*' : `* exclude (${replaced.join(', ')})`;
    this.from = `(select ${star}, ${items.map((item) => `${item.sql} as ${item.name}`).join(', ')} from ${this.from})`;
  }

  #expandNames(sql: string): string {
    const { selects, scale, calendar, tokens } = this.#context;
    return sql
      .replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
        const select = selects.get(name);
        if (select === undefined)
          throw new Error(`${this.#table.name}: {{${name}}} is not a table before it`);
        return `(${select()})`;
      })
      .replace(/\{=(\w+)\}/g, (_, name: string) => {
        const value = tokens[name] ?? scale[name];
        if (value === undefined) throw new Error(`${this.#table.name}: {=${name}} is not in the scale`);
        return String(value);
      })
      .replace(/\{~(\d+)\}/g, (_, days: string) => String(scaledDays(calendar, Number(days))));
  }
}

/**
 * The numbers of a slice as `i`, in order. The ranges depend on nothing but the slice, so files come out the same on any machine.
 */
export function numbers({ from, to }: Slice): string {
  const step = Math.max(rangeRows, Math.ceil((to - from + 1) / maxRanges));
  const ranges: string[] = [];
  for (let start = from; start <= to || ranges.length === 0; start += step) {
    const end = Math.min(to + 1, start + step);
    ranges.push(`select range as i from range(${start}::bigint, ${end}::bigint)`);
  }
  return `(${ranges.join(' union all ')})`;
}
