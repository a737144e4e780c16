import { basename } from 'node:path';
import { quoteText } from '../../connections/ansiDialect.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import type { Check } from './check.ts';
import { filesOf } from './fileSides.ts';

/** Every Parquet file has the agreed columns and types. */
export const parquetSchema: Check<'parquet_schema'> = {
  kind: 'parquet_schema',
  async run(params, context) {
    const workspace = await context.workspace();
    const agreed = Object.entries(params.columns);
    const actual: Record<string, Record<string, string>> = {};
    const reasons: string[] = [];
    for (const { files } of filesOf(params.side, 'parquet', context)) {
      for (const path of files) {
        const file = basename(path);
        const { rows } = await queryDuckdb(
          workspace,
          `select column_name, column_type from (describe select * from read_parquet(${quoteText(path)}))`,
        );
        const columns = new Map(rows.map(([name, type]) => [String(name), String(type)]));
        actual[file] = Object.fromEntries(columns);
        for (const [name, type] of agreed) {
          const found = columns.get(name);
          if (found === undefined) reasons.push(`${file} has no column ${name}`);
          else if (fold(found) !== fold(type))
            reasons.push(`${name} of ${file} is ${found}, agreed was ${type}`);
        }
        const fresh = [...columns.keys()].filter((name) => !agreed.some(([known]) => known === name));
        if (fresh.length > 0 && !params.allow_new) reasons.push(`new in ${file}: ${fresh.join(', ')}`);
        if (params.compression === undefined) continue;
        const used = await queryDuckdb(
          workspace,
          `select distinct lower(compression) from parquet_metadata(${quoteText(path)})`,
        );
        const others = used.rows
          .map(([name]) => String(name))
          .filter((name) => name !== params.compression?.toLowerCase());
        if (others.length > 0) reasons.push(`${file} is compressed with ${others.join(', ')}`);
      }
    }
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected: params.columns,
      actual,
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};

const fold = (type: string): string => type.toLowerCase().replaceAll(/\s+/g, '');
