import type { DifferenceSample } from '../../daemon/protocol/results.ts';
import { duckdbSession, type SessionContext } from '../../daemon/engine/connections/duckdbInstance.ts';
import { queryDuckdb } from '../../daemon/engine/connections/duckdbValues.ts';

/** Writes a differences artifact as the engine does; without `row` it is one of an earlier version. */
export async function writeDifferences(
  context: SessionContext,
  path: string,
  rows: readonly DifferenceSample[],
  { hasRow = true } = {},
): Promise<void> {
  const session = await duckdbSession(context);
  const names = ['class', 'key', '"column"', 'source_value', 'target_value', 'kind', '"row"'];
  const columns = hasRow ? names : names.slice(0, -1);
  await session.connection.run(
    `create or replace temp table d (${columns.map((name) => `${name} varchar`).join(', ')})`,
  );
  for (const { key, row, ...rest } of rows) {
    const values = [
      rest.class,
      JSON.stringify(key),
      rest.column,
      rest.source_value,
      rest.target_value,
      rest.kind,
      row === undefined ? null : JSON.stringify(row),
    ];
    await queryDuckdb(
      session.connection,
      `insert into d values (${columns.map((_name, at) => `$${at + 1}`).join(', ')})`,
      values.slice(0, columns.length),
    );
  }
  await session.connection.run(`copy d to '${path.replaceAll("'", "''")}' (format parquet)`);
  await session.close();
}
