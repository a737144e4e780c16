import { agreed, plural } from '../../../protocol/countText.ts';
import { EngineError } from '../../errors.ts';
import type { Check, CheckContext, CheckSide } from './check.ts';
import { chosenSides, columnOn, maxSamples, sampleRows } from './sides.ts';

interface KeyCounts {
  readonly repeated_keys: number;
  /** Rows beyond the first of each repeated key. */
  readonly surplus_rows: number;
  readonly null_rows: number;
}

/** The key (or the named columns) is unique and has no NULL in it. */
export const uniqueKey: Check<'unique_key'> = {
  kind: 'unique_key',
  async run(params, context) {
    const names = params.columns ?? context.columns.keys.map((key) => key.source.name);
    if (names.length === 0) {
      throw new EngineError('definition', 'no_keys', 'unique_key has no columns to look at', {
        hint: 'Give the pipeline `keys`, or the check `columns`.',
      });
    }
    const actual: Record<string, KeyCounts> = {};
    const samples: Record<string, unknown>[] = [];
    const reasons: string[] = [];
    for (const side of chosenSides(context, params.side)) {
      const counts = await countKeys(side, names, context);
      actual[side.name] = counts;
      if (counts.repeated_keys > 0) {
        const { repeated_keys: repeated } = counts;
        reasons.push(
          `${plural(repeated, 'key')} of the ${side.name} ${agreed(repeated, 'occur more than once')}`,
        );
        samples.push(...(await repeatedSamples(side, names, context)));
      }
      if (counts.null_rows > 0) {
        const { null_rows: nulls } = counts;
        reasons.push(`${plural(nulls, 'row')} of the ${side.name} ${agreed(nulls, 'have NULL in the key')}`);
        const columns = names.map((name) => columnOn(side, name, context));
        samples.push(...(await sampleRows(side, nullCondition(side, names, context), columns, context)));
      }
    }
    const failing = Object.values(actual).map((counts) => counts.surplus_rows + counts.null_rows);
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected: { repeated_keys: 0, surplus_rows: 0, null_rows: 0 },
      actual,
      failing_rows: failing.reduce((sum, count) => sum + count, 0),
      samples: samples.slice(0, maxSamples),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};

function quotedOn(side: CheckSide, names: readonly string[], context: CheckContext): string[] {
  return names.map((name) => `s.${side.quote(columnOn(side, name, context).name)}`);
}

function exactOn(side: CheckSide, names: readonly string[], context: CheckContext): string[] {
  return names.map((name) => side.exact('s', columnOn(side, name, context)));
}

function nullCondition(side: CheckSide, names: readonly string[], context: CheckContext): string {
  return quotedOn(side, names, context)
    .map((column) => `${column} is null`)
    .join(' or ');
}

async function countKeys(
  side: CheckSide,
  names: readonly string[],
  context: CheckContext,
): Promise<KeyCounts> {
  const columns = exactOn(side, names, context).join(', ');
  const isWhole = `not (${nullCondition(side, names, context)})`;
  const [keys, surplus] = await side.row(
    `select count(*), coalesce(sum(n - 1), 0) from
      (select count(*) as n from ${side.from('s')} where ${isWhole} group by ${columns} having count(*) > 1) as g`,
  );
  const [nulls] = await side.row(
    `select count(*) from ${side.from('s')} where ${nullCondition(side, names, context)}`,
  );
  return { repeated_keys: Number(keys), surplus_rows: Number(surplus), null_rows: Number(nulls) };
}

async function repeatedSamples(
  side: CheckSide,
  names: readonly string[],
  context: CheckContext,
): Promise<Record<string, unknown>[]> {
  const columns = exactOn(side, names, context);
  // A group has one value: its least one is the column as it reads, where the group goes by bytes.
  const shown = quotedOn(side, names, context).map((name, index) =>
    name === columns[index] ? name : `min(${name})`,
  );
  const { rows } = await side.query(
    side.limited(
      `select ${shown.join(', ')}, count(*) from ${side.from('s')} where not (${nullCondition(side, names, context)})
     group by ${columns.join(', ')} having count(*) > 1`,
      maxSamples,
    ),
  );
  return rows.map((row) => ({
    side: side.name,
    ...Object.fromEntries(names.map((name, index) => [name, row[index]])),
    occurrences: Number(row[names.length]),
  }));
}
