import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { toEngineError } from '../../errors.ts';
import { unknownColumn } from '../columns.ts';
import { matchName } from '../names.ts';
import type { Check, CheckContext, CheckSide } from './check.ts';
import { assertPairs } from './foreignKey.ts';
import { chosenSides, columnOn, maxSamples, violationFinding, type SideViolations } from './sides.ts';
import { groupText, ofColumn, ofPair, stageColumns } from './staging.ts';
import { withinSql } from './tolerance.ts';

type Params = CheckParameters<'additivity'>;

/** Sums of floats depend on the order of addition. */
const floatTolerance = { pct: 1e-7 };

/** The total of a header is the sum of its lines. */
export const additivity: Check<'additivity'> = {
  kind: 'additivity',
  async run(params, context) {
    assertPairs('additivity', params.columns, params.detail.columns);
    const counts: SideViolations[] = [];
    const samples: Record<string, unknown>[] = [];
    for (const side of chosenSides(context, params.side)) {
      const rows = await differingHeaders(side, params, context);
      counts.push({ side, violations: Number(rows[0]?.[3] ?? 0) });
      samples.push(
        ...rows.map(([header, total, parts]) => ({ side: side.name, header, total, sum_of_lines: parts })),
      );
    }
    const what = `have ${params.column} that is not the sum of ${params.detail.table}.${params.detail.column}, or lines without a header`;
    return violationFinding(counts, 0, samples, what);
  },
};

async function differingHeaders(side: CheckSide, params: Params, context: CheckContext) {
  const { connection, signal } = side.side;
  const relation = { table: params.detail.table };
  const there = await connection.describe(relation, { signal }).catch((error: unknown) => {
    throw toEngineError(error, `${side.name} ${connection.name}`);
  });
  const detailColumn = (name: string) => {
    const column = matchName(name, there, (each) => each.name);
    if (column === undefined) throw unknownColumn('detail', name, there, `table ${params.detail.table}`);
    return column;
  };
  const ends = params.columns.map((name, index) => ({
    source: columnOn(side, name, context),
    target: detailColumn(params.detail.columns[index] ?? name),
  }));
  const total = ofColumn(columnOn(side, params.column, context));
  const part = ofColumn(detailColumn(params.detail.column));
  const headerKeys = ends.map((pair) => ofPair(pair, 'source'));
  const lineKeys = ends.map((pair) => ofPair(pair, 'target'));
  const headers = await stageColumns(side, [...headerKeys, total], context);
  const lines = await stageColumns(side, [...lineKeys, part], context, { relation, label: '_lines' });
  const [whole, piece] = [await headers.number(total), await lines.number(part)];
  const sum = piece.isFloat ? `fsum(${piece.sql})` : `sum(${piece.sql})`;
  const isFloat = whole.isFloat || piece.isFloat;
  const tolerance = params.tolerance ?? (isFloat ? floatTolerance : {});
  const [a, b] = ['coalesce(h.v, 0)', 'coalesce(l.v, 0)'];
  return headers.rows(
    `select coalesce(h.k, l.k), h.v, l.v, count(*) over () from
     (select ${groupText(headers, headerKeys)} as k, ${whole.sql} as v from ${headers.name} as s) as h
     full outer join
     (select ${groupText(lines, lineKeys)} as k, ${sum} as v from ${lines.name} as s group by k) as l on (h.k = l.k)
     where h.k is null or (${a} is distinct from ${b} and not ${withinSql(a, b, tolerance)})
     order by 1 limit ${maxSamples}`,
  );
}
