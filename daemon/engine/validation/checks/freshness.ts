import type { Check, CheckContext, CheckSide } from './check.ts';
import { secondsOf } from './periods.ts';
import { chosenSides, columnOn } from './sides.ts';
import { ofColumn, stageColumns } from './staging.ts';

/** The newest value is young enough, or the same on both sides. Each system finds its own. */
export const freshness: Check<'freshness'> = {
  kind: 'freshness',
  async run(params, context) {
    const isAged = params.max_age !== undefined;
    const sides = isAged ? chosenSides(context, params.side) : [context.source, context.target];
    const newest: Record<string, string | null> = {};
    for (const side of sides) newest[side.name] = await newestOf(side, params.column, context);
    if (params.max_age === undefined) {
      const isSame = newest['source'] === newest['target'];
      const text = (value: string | null | undefined): string => value ?? 'nothing';
      return {
        status: isSame ? 'passed' : 'failed',
        expected: newest['source'],
        actual: newest['target'],
        ...(!isSame && {
          reason: `the newest ${params.column} is ${text(newest['target'])} where ${text(newest['source'])} is expected`,
        }),
      };
    }
    const now = Date.now();
    const oldest = new Date(now - secondsOf(params.max_age) * 1000);
    const stale = Object.entries(newest).filter(
      ([, value]) => value === null || new Date(`${value.replace(' ', 'T')}Z`) < oldest,
    );
    return {
      status: stale.length > 0 ? 'failed' : 'passed',
      expected: { not_before: oldest.toISOString() },
      actual: newest,
      ...(stale.length > 0 && {
        reason: stale
          .map(
            ([side, value]) =>
              `the newest ${params.column} of the ${side} is ${value ?? 'nothing'}, older than ${params.max_age}`,
          )
          .join('; '),
      }),
    };
  },
};

/** `2026-01-31 10:00:00.123`, in UTC. */
async function newestOf(side: CheckSide, name: string, context: CheckContext): Promise<string | null> {
  const column = columnOn(side, name, context);
  // Under its own name and type: an expression would have none in SQLite.
  const quoted = side.quote(column.name);
  const query = `select max(s.${quoted}) as ${quoted} from ${side.from('s')}`;
  const read = ofColumn(column);
  const table = await stageColumns(side, [read], context, { relation: { query } });
  const [row] = await table.rows(`select cast(${table.timestamp(read)} as varchar) from ${table.name} as s`);
  return row?.[0] == null ? null : String(row[0]);
}
