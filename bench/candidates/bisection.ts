import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';

/** As the data-diff family has them. */
const factor = 32;
const threshold = 16_384;

interface Side {
  sum(from: number, to: number): Promise<string>;
  rows(from: number, to: number): Promise<Map<string, string>>;
  close(): Promise<void>;
}

/** The row as one text, the same in both systems: md5 of it, of which 60 bits are summed. */
const texts = {
  postgres: `concat_ws('|', id, customer, name, email, amount, balance, floor(ratio * 1048576)::bigint, active, coalesce('V' || note, 'N'), born, to_char(created, 'YYYY-MM-DD HH24:MI:SS.US'), to_char(seen, 'YYYY-MM-DD HH24:MI:SS'))`,
  mysql: `concat_ws('|', id, customer, name, email, amount, balance, cast(floor(ratio * 1048576) as decimal(38,0)), active, coalesce(concat('V', note), 'N'), born, date_format(created, '%Y-%m-%d %H:%i:%s.%f'), date_format(seen, '%Y-%m-%d %H:%i:%s'))`,
};

async function openPostgres(definition: ConnectionDefinition & { type: 'postgres' }): Promise<Side> {
  const { host, port, database, user } = definition;
  const client = new pg.Client({ host, port: Number(port), database, user });
  await client.connect();
  const where = 'where id >= $1 and id < $2';
  return {
    sum: async (from, to) => {
      const sql = `select count(*) || ':' || coalesce(sum(('x' || substr(md5(${texts.postgres}), 1, 15))::bit(60)::bigint), 0) as s from data ${where}`;
      return (await client.query<{ s: string }>(sql, [from, to])).rows[0]?.s ?? '';
    },
    rows: async (from, to) => {
      const sql = `select id, ${texts.postgres} as t from data ${where}`;
      const { rows } = await client.query<{ id: string; t: string }>(sql, [from, to]);
      return new Map(rows.map(({ id, t }) => [id, t]));
    },
    close: () => client.end(),
  };
}

async function openMysql(definition: ConnectionDefinition & { type: 'mysql' }): Promise<Side> {
  const { host, port, database, user } = definition;
  const client = await createConnection({
    host,
    port: Number(port),
    database,
    user,
    bigNumberStrings: true,
    supportBigNumbers: true,
  });
  const where = 'where id >= ? and id < ?';
  return {
    sum: async (from, to) => {
      const sql = `select concat(count(*), ':', coalesce(sum(cast(conv(substring(md5(${texts.mysql}), 1, 15), 16, 10) as unsigned)), 0)) as s from data ${where}`;
      const [rows] = await client.query<RowDataPacket[]>(sql, [from, to]);
      return String(rows[0]?.['s']);
    },
    rows: async (from, to) => {
      const sql = `select id, ${texts.mysql} as t from data ${where}`;
      const [rows] = await client.query<RowDataPacket[]>(sql, [from, to]);
      return new Map(rows.map((row) => [String(row['id']), String(row['t'])]));
    },
    close: () => client.end(),
  };
}

/** Compares by md5 of segments, cutting unequal ones in 32 until their rows are fetched. Returns the differing rows. */
export async function bisect(
  source: ConnectionDefinition & { type: 'postgres' },
  target: ConnectionDefinition & { type: 'mysql' },
  rows: number,
): Promise<number> {
  const [left, right] = [await openPostgres(source), await openMysql(target)];
  try {
    return await segment(left, right, 0, rows * 2);
  } finally {
    await left.close();
    await right.close();
  }
}

async function segment(left: Side, right: Side, from: number, to: number): Promise<number> {
  const [a, b] = await Promise.all([left.sum(from, to), right.sum(from, to)]);
  if (a === b) return 0;
  const count = Math.max(Number(a.split(':')[0]), Number(b.split(':')[0]));
  if (count <= threshold) {
    const [mine, theirs] = await Promise.all([left.rows(from, to), right.rows(from, to)]);
    const differing = [...mine].filter(([key, text]) => theirs.get(key) !== text).length;
    return differing + [...theirs.keys()].filter((key) => !mine.has(key)).length;
  }
  const width = Math.ceil((to - from) / factor);
  let found = 0;
  for (let start = from; start < to; start += width)
    found += await segment(left, right, start, Math.min(to, start + width));
  return found;
}
