import type { CheckContext } from '../checks/check.ts';
import type { ColumnPair } from '../columns.ts';
import type { PairForms } from './forms.ts';

/**
 * Why the server can not hash the rows of both sides itself, if it can not: its own hashes are equal for equal values of one type of
 * one server, and for nothing else.
 */
export async function whyNoChecksum(
  hashed: readonly (PairForms & { readonly pair: ColumnPair })[],
  context: CheckContext,
): Promise<{ readonly no_checksum?: string }> {
  const no = (reason: string) => ({ no_checksum: reason });
  const [source, target] = [context.source.side, context.target.side];
  if (source.connection.bucketSums === undefined || target.connection.bucketSums === undefined)
    return no('not both sides are on a server that can hash rows');
  const [a, b] = [source.definition, target.definition];
  const isPostgres = a.type === 'postgres' && b.type === 'postgres';
  const isMysql = a.type === 'mysql' && b.type === 'mysql';
  if (!isPostgres && !isMysql) return no('not both sides are on a server that can hash rows');
  if (a.host !== b.host || Number(a.port) !== Number(b.port)) return no('the sides are on two servers');
  const { version } = await source.connection.system();
  if (isPostgres && Number.parseInt(version, 10) < 14)
    return no(`PostgreSQL ${version} can not hash whole rows`);
  for (const { pair } of hashed) {
    if (pair.source.native_type !== pair.target.native_type)
      return no(`${pair.source.name} is ${pair.source.native_type} beside ${pair.target.native_type}`);
  }
  return {};
}
