import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type {
  ColumnInfo,
  Connection,
  OpenContext,
  Relation,
} from '../../daemon/engine/connections/connection.ts';
import { workspace } from '../../daemon/engine/connections/duckdbInstance.ts';
import { queryDuckdb } from '../../daemon/engine/connections/duckdbValues.ts';
import { closeAll } from '../../daemon/engine/connections/resources.ts';
import { exactType } from '../../daemon/engine/validation/canonical.ts';

/** A folder and contexts of attempts in it, as the engine would make them. */
export class Sessions {
  readonly folder = mkdtempSync(join(tmpdir(), 'ombudsman-sessions-'));
  readonly #contexts: OpenContext[] = [];

  context(signal: AbortSignal = new AbortController().signal): OpenContext {
    const scratchDir = join(this.folder, 'scratch', `attempt-${this.#contexts.length + 1}`);
    mkdirSync(scratchDir, { recursive: true });
    const context = { signal, scratchDir, readOnly: true };
    this.#contexts.push(context);
    return context;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Closes what the tests left open and removes the folder. */
  async close(): Promise<void> {
    for (const { scratchDir } of this.#contexts) await closeAll(scratchDir);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const signal = new AbortController().signal;

/** Stages a relation whole, each column in its own exact type, and reads it back ordered by the first column. */
export async function roundTrip(
  connection: Connection,
  relation: Relation,
  context: OpenContext,
): Promise<{ columns: ColumnInfo[]; count: number; rows: unknown[][]; workspace: DuckDBConnection }> {
  const columns = await connection.describe(relation, { signal });
  const target = await workspace(context);
  const count = await connection.stage(
    {
      relation,
      columns: columns.map((column) => {
        const type = exactType(column.type, column.type);
        if (type === null) throw new Error(`no exact type for ${column.native_type}`);
        return { column, as: column.name, ...type };
      }),
      workspace: target,
      into: '"staged"',
    },
    { signal },
  );
  const { rows } = await queryDuckdb(target, 'select * from staged order by 1');
  return { columns, count, rows, workspace: target };
}
