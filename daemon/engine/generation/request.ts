/** A request for data -> the SQL of its tables, whatever is asked for: a domain or a schema file. */
import type { GenerationWork } from '../../protocol/engine.ts';
import { factTableOf } from '../../definitions/schema/columns.ts';
import { EngineError } from '../errors.ts';
import { compileDomain, type Compiled, type CompiledTable } from './compile.ts';
import { domains } from './domains/registry.ts';
import { schemaDomain } from './schema/schemaDomain.ts';
import { selectTables } from './selection.ts';

export type GenerationRequest = Omit<GenerationWork, 'type'>;

export interface CompiledRequest {
  /** Of the result: the domain, or the name of the schema file. */
  readonly name: string;
  readonly setup: Compiled['setup'];
  readonly tables: readonly CompiledTable[];
  readonly fact_table: string;
  /** No proof that keys are unique but counting. */
  readonly has_unproven_keys: boolean;
}

/** The table whose rows are row_count. */
export function factTable({ schema_type: domain, schema_definition: schema }: GenerationRequest): string {
  if (schema !== undefined) return factTableOf(schema);
  return domains[domain ?? 'Retail'].fact_table;
}

/** `before`: rows of the fact table that are there already; row_count more are wanted. */
export function compileRequest(work: GenerationRequest, before = 0): CompiledRequest {
  const { schema_definition: schema, schema_type: domain, seed, scale: factor = 1, ...options } = work;
  const scaled = (rows: number) => Math.max(1, Math.round(rows * factor));
  const subset = Array.isArray(work.tables) ? work.tables : undefined;
  const fact = factTable(work);
  const named = Array.isArray(work.tables) || work.tables === undefined ? {} : work.tables;
  const rows = Object.fromEntries(Object.entries(named).map(([name, count]) => [name, scaled(count)]));
  const wanted = work.row_count === undefined ? undefined : scaled(work.row_count);
  if (schema !== undefined) {
    const rowCount = (wanted ?? rows[fact] ?? scaled(schema.tables[fact]?.rows ?? 1)) + before;
    const built = schemaDomain(schema, {
      seed,
      rows: { ...rows, [fact]: rowCount },
      scaled,
      null_rate: work.null_rate,
    });
    const { tables, setup } = compileDomain(built, rowCount, seed, {
      locale: options.locale,
      skew: options.skew,
    });
    const chosen = selectTables(tables, subset, schema.schema_name);
    return { name: schema.schema_name, setup, tables: chosen, fact_table: fact, has_unproven_keys: true };
  }
  if (domain === undefined || wanted === undefined)
    throw new EngineError(
      'definition',
      'nothing_to_generate',
      'neither schema_type with row_count nor schema_file is given',
    );
  if (rows[fact] !== undefined && rows[fact] !== wanted)
    throw new EngineError('definition', 'rows_twice', `tables: ${fact} has the rows that row_count says`, {
      hint: `Leave ${fact} out, or write ${wanted}.`,
    });
  const { tables, setup } = compileDomain(domains[domain], wanted + before, seed, { ...options, rows });
  return {
    name: domain,
    setup,
    tables: selectTables(tables, subset, domain),
    fact_table: fact,
    has_unproven_keys: false,
  };
}
