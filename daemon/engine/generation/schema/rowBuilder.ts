/**
 * The SQL of one row of a table of a schema file. Every value is a function of (seed, table, column, row), those of other tables
 * too: a reference draws the number of the parent's row and computes the parent's value again from it, so no join is needed.
 */
import { keyOf, referenceOf, type Reference } from '../../../definitions/schema/columns.ts';
import { parseExpression } from '../../../definitions/schema/expression.ts';
import type { ColumnDefinition, SchemaFile, TableDefinition } from '../../../protocol/files/schema.ts';
import { streamConstants } from '../mixer.ts';
import type { Step } from '../spec.ts';
import { compileExpression } from './compileExpression.ts';
import { dictionaryValue } from './dictionaries.ts';
import { generatedValue } from './generators.ts';
import { shuffled } from './shuffle.ts';
import { columnTypeOf } from './types.ts';

export interface BuilderContext {
  readonly schema: SchemaFile;
  readonly seed: number;
  readonly rows: ReadonlyMap<string, number>;
  /** Constant lists by the name of their variable; grows. */
  readonly lists: Map<string, string>;
  readonly null_rate: number | Readonly<Record<string, number>> | undefined;
}

/** Where the values of a table are computed, for one of its rows. */
export interface Place {
  readonly table: string;
  /** SQL name of the row's number. */
  readonly row: string;
}

/** The share of 2^32 draws. */
const boundOf = (share: number): number => Math.round(share * 2 ** 32);

export class RowBuilder {
  readonly context: BuilderContext;
  readonly #table: string;
  /** Names by their SQL, and the layer each is made in: what needs it comes in a later one. */
  readonly #names = new Map<string, string>();
  readonly #layers: Record<string, string>[] = [];
  readonly #layerOf = new Map<string, number>([['i', -1]]);

  constructor(context: BuilderContext, table: string) {
    this.context = context;
    this.#table = table;
  }

  /** The steps of compile.ts, each seeing the names of those before it. */
  steps(): readonly Step[] {
    return this.#layers;
  }

  /** A name for an expression over names made before; the same expression is made once. */
  add(sql: string): string {
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    const used = sql.match(/\bv_\d+\b/g) ?? [];
    const layer = 1 + Math.max(-1, ...used.map((name) => this.#layerOf.get(name) ?? -1));
    const name = `v_${this.#names.size + 1}`;
    (this.#layers[layer] ??= {})[name] = sql;
    this.#names.set(sql, name);
    this.#layerOf.set(name, layer);
    return name;
  }

  /** 32 uniform bits of a row; `stream` is a column, or what has a draw of its own beside the columns. */
  draw({ table, row }: Place, stream: string): string {
    const { seed } = this.context;
    const base = this.add(`gen_base(${row}, ${streamConstants(seed, table, '').table})`);
    return this.add(`gen_mix(xor(${base}, ${streamConstants(seed, table, stream).column}::bigint))`);
  }

  /** A constant list, read with getvariable. */
  list(name: string, sql: string): string {
    const variable = `gen_own_${[...this.context.lists.keys()].indexOf(name) === -1 ? this.context.lists.size + 1 : name}`;
    for (const [known, value] of this.context.lists) if (value === sql) return `getvariable('${known}')`;
    this.context.lists.set(variable, sql);
    return `getvariable('${variable}')`;
  }

  /** SQL of a column's value in a row, of its type. */
  value(table: string, column: string, row: string): string {
    const definition = this.#column(table, column);
    const place: Place = { table, row };
    const reference = referenceOf(definition);
    const type = columnTypeOf(this.context.schema, table, column);
    if (reference !== null) {
      const parent = this.#parentRow(place, column, reference);
      return this.add(
        `case when ${parent} is not null then ${this.value(reference.table, reference.column, parent)} end`,
      );
    }
    const made = this.#made(place, column, definition);
    const rate = this.#nullRate(table, column, definition);
    const typed = `(${made})::${type}`;
    if (rate === 0) return this.add(typed);
    return this.add(
      `case when ${this.draw(place, `${column} is null`)} >= ${boundOf(rate)} then ${typed} end`,
    );
  }

  #column(table: string, column: string): ColumnDefinition {
    const found = this.#definition(table).columns[column];
    if (found === undefined) throw new Error(`no column ${table}.${column}`);
    return found;
  }

  #definition(table: string): TableDefinition {
    const found = this.context.schema.tables[table];
    if (found === undefined) throw new Error(`no table ${table}`);
    return found;
  }

  #made(place: Place, column: string, definition: ColumnDefinition): string {
    if (definition.expression !== undefined)
      return compileExpression(parseExpression(definition.expression), {
        column: (name) => this.value(place.table, name, place.row),
        row: place.row,
      });
    return definition.dictionary === undefined
      ? generatedValue(this, place, column, definition)
      : dictionaryValue(this, place, column, definition.dictionary);
  }

  #nullRate(table: string, column: string, { null_rate: own = 0 }: ColumnDefinition): number {
    const { null_rate: wanted, schema } = this.context;
    const definition = schema.tables[table];
    if (definition !== undefined && keyOf(definition).includes(column)) return 0;
    if (wanted === undefined) return own;
    if (typeof wanted === 'number') return own === 0 ? 0 : wanted;
    return wanted[`${table}.${column}`] ?? wanted[column] ?? own;
  }

  /** The number of the parent's row; NULL where the reference lacks a value. */
  #parentRow(place: Place, column: string, reference: Reference): string {
    if (reference.same_row_as !== undefined) {
      const leader = referenceOf(this.#column(place.table, reference.same_row_as));
      if (leader !== null) return this.#parentRow(place, reference.same_row_as, leader);
    }
    const chosen = this.#chosenRow(place, column, reference);
    const rate = this.#nullRate(place.table, column, this.#column(place.table, column));
    if (rate === 0) return this.add(chosen);
    return this.add(
      `case when ${this.draw(place, `${column} is null`)} >= ${boundOf(rate)} then ${chosen} end`,
    );
  }

  #chosenRow(place: Place, column: string, reference: Reference): string {
    const { row, table } = place;
    const { distribution, per_row: perRow } = reference;
    if (reference.table === table) return this.#earlierRow(place, column, reference);
    const rows = this.context.rows.get(reference.table) ?? 1;
    if (distribution === 'in_turn') return `1 + ((${row} - 1) // ${perRow}) % ${rows}`;
    const joint = this.#jointKey(place, column);
    if (joint !== null) return joint;
    const draw = this.draw(place, column);
    if (distribution === 'skewed') return `1 + gen_skew(${draw}, ${rows})`;
    return rows < 2 ** 31
      ? `1 + gen_below(${draw}, ${rows})`
      : `1 + ((${draw}::hugeint * ${rows}) >> 32)::bigint`;
  }

  /** A row of the same table: one that comes before, so that there is no circle; the first has none. */
  #earlierRow(place: Place, column: string, { distribution, per_row: perRow }: Reference): string {
    const { row } = place;
    if (distribution === 'in_turn') return `nullif((${row} - 2 + ${perRow}) // ${perRow}, 0)`;
    const draw = this.draw(place, column);
    const chosen =
      distribution === 'skewed'
        ? `gen_skew(${draw}, ${row} - 1)`
        : `((${draw}::hugeint * (${row} - 1)) >> 32)::bigint`;
    return `case when ${row} > 1 then 1 + ${chosen} end`;
  }

  /** Of a key made of references only each combination comes once: all combinations in an order of their own. */
  #jointKey(place: Place, column: string): string | null {
    const table = this.#definition(place.table);
    const key = keyOf(table);
    const references = key.map((name) => ({ name, reference: referenceOf(this.#column(place.table, name)) }));
    const choosing = references.filter(({ reference }) => reference?.same_row_as === undefined);
    if (!key.includes(column) || references.some(({ reference }) => reference === null)) return null;
    if (
      choosing.some(
        ({ reference }) => reference?.distribution === 'in_turn' || reference?.table === place.table,
      )
    )
      return null;
    const sizes = choosing.map(({ reference }) => BigInt(this.context.rows.get(reference?.table ?? '') ?? 1));
    const at = choosing.findIndex(({ name }) => name === column);
    const place_ = this.add(
      shuffled(
        this,
        place,
        '(key)',
        sizes.reduce((product, size) => product * size, 1n),
      ),
    );
    const before = sizes.slice(0, at).reduce((product, size) => product * size, 1n);
    return `(1 + (${place_} // ${before}) % ${sizes[at] ?? 1n})::bigint`;
  }
}
