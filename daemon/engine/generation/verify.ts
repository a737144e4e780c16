import type { GenerationResult } from '../../protocol/results.ts';
import { quoteIdentifier } from '../connections/ansiDialect.ts';
import { EngineError, throwIfAborted } from '../errors.ts';
import type { ForeignKeySpec } from './spec.ts';
import type { GenerationTarget } from './targets/target.ts';

export type Verified = GenerationResult['verified'][number];

/** What must be true of the target: so many rows in each table, no row that refers to nothing. */
export interface Expectation {
  readonly table: string;
  readonly rows: number;
  readonly foreign_keys: readonly ForeignKeySpec[];
  /** Columns whose values must not come twice; none: that is known. */
  readonly unique?: readonly string[];
}

/** Counts of SQL that any of the targets understands; read back from what was written, before it is committed. */
export async function verifyTarget(
  target: GenerationTarget,
  expectations: readonly Expectation[],
  signal: AbortSignal,
): Promise<Verified[]> {
  const verified: Verified[] = [];
  const check = async (what: string, expected: number, sql: string) => {
    throwIfAborted(signal);
    verified.push({ what, expected, actual: await target.count(sql), sql });
  };
  for (const { table, rows, foreign_keys: keys, unique = [] } of expectations) {
    await check(`rows of ${table}`, rows, `select count(*) from ${target.relation(table)}`);
    if (unique.length > 0) await check(`repeated keys of ${table}`, 0, repeated(target, table, unique));
    for (const key of keys) {
      const name = `orphans of ${table} (${key.columns.join(', ')}) in ${key.references.table}`;
      await check(name, 0, orphans(target, table, key));
    }
  }
  return verified;
}

function repeated(target: GenerationTarget, table: string, key: readonly string[]): string {
  const list = key.map((name) => target.quote?.(name) ?? quoteIdentifier(name)).join(', ');
  return `select count(*) from (select ${list} from ${target.relation(table)} group by ${list} having count(*) > 1) repeated`;
}

function orphans(target: GenerationTarget, table: string, key: ForeignKeySpec): string {
  const quote = (name: string): string => target.quote?.(name) ?? quoteIdentifier(name);
  const pairs = key.columns.map((own, index) => ({
    own: `c.${quote(own)}`,
    other: `p.${quote(key.references.columns[index] ?? own)}`,
  }));
  const present = pairs.map(({ own }) => `${own} is not null`).join(' and ');
  const equal = pairs.map(({ own, other }) => `${other} = ${own}`).join(' and ');
  const parent = target.relation(key.references.table);
  const absent = `p.${quote(key.references.columns[0] ?? '')} is null`;
  // A join and not a subquery for each row: tables with planted faults have no index on their keys.
  return (
    `select count(*) from ${target.relation(table)} c left join ${parent} p on ${equal} ` +
    `where ${present} and ${absent}`
  );
}

/** What is not as it must be is a fault of ours: nothing is committed then. */
export function assertVerified(verified: readonly Verified[]): void {
  const wrong = verified.filter(({ expected, actual }) => expected !== actual);
  const [first] = wrong;
  if (first === undefined) return;
  throw new EngineError(
    'internal',
    'verification_failed',
    `${first.what}: expected ${first.expected}, found ${first.actual}; nothing was kept`,
    { details: { wrong } },
  );
}
