import { agreed, plural } from '../../../protocol/countText.ts';
import { basename } from 'node:path';
import type { Value } from '../../connections/connection.ts';
import { quoteText } from '../../connections/ansiDialect.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { EngineError } from '../../errors.ts';
import type { Check, CheckContext } from './check.ts';
import { filesOf } from './fileSides.ts';
import { maxSamples } from './sides.ts';

type Params = CheckParameters<'file_layout'>;

/** CSV files are laid out alike and as agreed. */
export const fileLayout: Check<'file_layout'> = {
  kind: 'file_layout',
  async run(params, context) {
    const reasons: string[] = [];
    const samples: Record<string, unknown>[] = [];
    const actual: Record<string, unknown> = {};
    let failing = 0;
    for (const { side, files } of filesOf(params.side, 'csv', context)) {
      for (const file of files) {
        const found = await layoutOf(file, context);
        const bad = await badRows(file, found, context);
        actual[basename(file)] = { ...found, bad_rows: bad.count };
        reasons.push(...problemsOf(file, found, bad, params));
        failing += bad.count;
        samples.push(...bad.samples.map((sample) => ({ side: side.name, file: basename(file), ...sample })));
      }
    }
    const { header, delimiter, line_ends: lineEnds } = params;
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected: { header, delimiter, line_ends: lineEnds },
      actual,
      failing_rows: failing,
      samples: samples.slice(0, maxSamples),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};

interface Layout {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly line_ends: string;
  readonly has_header: boolean;
  readonly header: readonly string[];
}

async function layoutOf(file: string, context: CheckContext): Promise<Layout> {
  // What DuckDB finds in a file whose rows differ in width depends on which it looks at: rows are read leniently here, and judged below.
  const { rows } = await queryDuckdb(
    await context.workspace(),
    `select delimiter, quote, escape, newlinedelimiter, hasheader, to_json([c.name for c in columns])
     from sniff_csv(${quoteText(file)}, sample_size = -1, ignore_errors = true, strict_mode = false, null_padding = true, all_varchar = true)`,
  );
  const [delimiter, quote, escape, lineEnds, hasHeader, names] = rows[0] ?? [];
  if (names === undefined || names === null) {
    throw new EngineError('definition', 'not_a_table', `${file} is empty or not a CSV file`);
  }
  const known = (value: Value | undefined): string =>
    value === undefined || value === null || value === '(empty)' || value === '' ? '"' : String(value);
  const found = {
    delimiter: String(delimiter),
    quote: known(quote),
    escape: known(escape),
    line_ends: String(lineEnds).includes('\\r') ? 'crlf' : 'lf',
    has_header: hasHeader === true,
  };
  const all = JSON.parse(String(names)) as string[];
  return {
    ...found,
    header: found.has_header ? await headerOf(file, { ...found, header: all }, context) : all,
  };
}

/** The names of the first line alone: a longer row further down would have added columns to what the sniffer tells. */
async function headerOf(file: string, layout: Layout, context: CheckContext): Promise<string[]> {
  const columns = layout.header.map((_name, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const { rows } = await queryDuckdb(
    await context.workspace(),
    `select * from read_csv(${quoteText(file)}, auto_detect = false, columns = {${columns}}, header = false,
     ${dialectOf(layout)}, null_padding = true, ignore_errors = true, strict_mode = false) limit 1`,
  );
  return (rows[0] ?? []).filter((name) => name !== null).map(String);
}

function dialectOf({ delimiter, quote, escape }: Layout): string {
  return `delim = ${quoteText(delimiter)}, quote = ${quoteText(quote)}, escape = ${quoteText(escape)}`;
}

interface BadRows {
  readonly count: number;
  readonly samples: Record<string, unknown>[];
}

/** Rows that a strict reader refuses: another number of fields, quotes that do not close. */
async function badRows(file: string, layout: Layout, context: CheckContext): Promise<BadRows> {
  const workspace = await context.workspace();
  const [errors, scans] = [`${context.prefix}_errors`, `${context.prefix}_scans`];
  await queryDuckdb(workspace, `drop table if exists ${errors}`);
  await queryDuckdb(workspace, `drop table if exists ${scans}`);
  const columns = layout.header.map((_name, index) => `'c${index}': 'VARCHAR'`).join(', ');
  await queryDuckdb(
    workspace,
    `select ${layout.header.map((_name, index) => `count(c${index})`).join(', ')} from read_csv(${quoteText(file)},
     auto_detect = false, columns = {${columns}}, header = ${String(layout.has_header)},
     ${dialectOf(layout)}, strict_mode = true, null_padding = false,
     store_rejects = true, rejects_table = '${errors}', rejects_scan = '${scans}', rejects_limit = 0)`,
  );
  const { rows } = await queryDuckdb(
    workspace,
    `select line, error_type, error_message, count(*) over ()
     from (select line, min(error_type) as error_type, min(error_message) as error_message from ${errors} group by line) order by line limit ${maxSamples}`,
  );
  return {
    count: Number(rows[0]?.[3] ?? 0),
    samples: rows.map(([line, type, message]) => ({
      line: Number(line),
      problem: String(type).toLowerCase(),
      message: String(message).split('\n')[0],
    })),
  };
}

function problemsOf(file: string, found: Layout, bad: BadRows, params: Params): string[] {
  const name = basename(file);
  const problems: string[] = [];
  if (params.delimiter !== undefined && params.delimiter !== found.delimiter)
    problems.push(`${name} uses the delimiter ${JSON.stringify(found.delimiter)}`);
  if (params.line_ends !== 'any' && params.line_ends !== found.line_ends)
    problems.push(`${name} has line ends ${found.line_ends}`);
  if (params.header !== undefined && !found.has_header) problems.push(`${name} has no header`);
  else if (params.header !== undefined && params.header.join('\0') !== found.header.join('\0'))
    problems.push(`${name} has the columns ${found.header.join(', ')}`);
  if (bad.count > params.max_bad_rows) {
    const first = String(bad.samples[0]?.['line']);
    problems.push(
      `${name} has ${plural(bad.count, 'row')} that ${agreed(bad.count, 'are not laid out')} as its header, first line ${first}`,
    );
  }
  return problems;
}
