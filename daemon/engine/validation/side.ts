import type { SideEvidence } from '../../protocol/results.ts';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import type { Side } from '../../protocol/files/pipeline.ts';
import type { ColumnInfo, Connection, Relation, ResultSet } from '../connections/connection.ts';
import { toEngineError } from '../errors.ts';

export type SideName = 'source' | 'target';

/** One side of a pipeline while it runs: its open connection, and what was asked of it, for the evidence. */
export class PipelineSide {
  readonly name: SideName;
  readonly connection: Connection;
  readonly relation: Relation;
  /** As the project gives it, secrets resolved: what reads a catalog or a folder of files needs it. */
  readonly definition: ConnectionDefinition;
  readonly #signal: AbortSignal;
  readonly #sql = new Set<string>();
  #count: Promise<number> | undefined;

  constructor(
    name: SideName,
    opened: { readonly connection: Connection; readonly definition: ConnectionDefinition },
    side: Side,
    signal: AbortSignal,
  ) {
    this.name = name;
    this.connection = opened.connection;
    this.definition = opened.definition;
    this.relation = { table: side.table, query: side.query, where: side.where };
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** The relation as a FROM item, with the pipeline's filter. */
  from(alias: string): string {
    return this.connection.dialect.from(this.relation, alias);
  }

  quote(name: string): string {
    return this.connection.dialect.quoteIdentifier(name);
  }

  /** Runs a small query and remembers its text. Errors name the side and its connection. */
  async query(sql: string, log: string[]): Promise<ResultSet> {
    this.record(sql, log);
    try {
      return await this.connection.query(sql, { signal: this.#signal });
    } catch (error) {
      throw toEngineError(error, `${this.name} ${this.connection.name}`);
    }
  }

  record(sql: string, log: string[]): void {
    this.#sql.add(sql);
    if (!log.includes(sql)) log.push(sql);
  }

  describe(): Promise<ColumnInfo[]> {
    return this.connection.describe(this.relation, { signal: this.#signal }).catch((error: unknown) => {
      throw toEngineError(error, `${this.name} ${this.connection.name}`);
    });
  }

  /** Rows of the relation, counted by the system itself, once. */
  async count(log: string[]): Promise<number> {
    const sql = `select count(*) from ${this.from('s')}`;
    this.record(sql, log);
    this.#count ??= this.query(sql, log).then((result) => Number(result.rows[0]?.[0]));
    return this.#count;
  }

  async evidence(): Promise<SideEvidence> {
    const { system, version } = await this.connection.system();
    const { snapshot } = this.connection;
    return {
      connection: this.connection.name,
      system,
      version,
      rows_scanned: await this.count([]),
      sql: [...this.#sql],
      ...(snapshot !== undefined && { snapshot }),
    };
  }
}
