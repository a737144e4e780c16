/** `node duckdbJoin.ts A.parquet B.parquet`: one full outer join with differences, as a person would write it; prints what it took. */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [a, b, threads = '2'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const start = performance.now();
const columns = (await connection.run(`describe select * from '${a}'`)).getRows();
const names = (await columns).map(([name]) => String(name)).filter((name) => name !== 'id');
const differs = names.map((name) => `s.${name} is distinct from t.${name}`).join(' or ');
const result = await connection.run(
  `create table found as select s.id as s_id, t.id as t_id from '${a}' s full outer join '${b}' t on s.id = t.id
   where s.id is null or t.id is null or ${differs}`,
);
const rows = Number((await result.getRows())[0]?.[0]);
const ms = performance.now() - start;
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
console.log(JSON.stringify({ ms, rows, peak_mb: Number(peak) / 1024 }));
