import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import type { TestSystem, ValidationBench } from './validationSides.ts';

const day = (index: number): string => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);
const rows = 60;

/** Sixty days of sales: every invariant that a check of the catalogue looks at holds. */
function salesRows(): string[] {
  return Array.from({ length: rows }, (_, index) => {
    const id = index + 1;
    const amount = (id * 1.25).toFixed(2);
    const values = [
      id,
      (id % 3) + 1,
      amount,
      (id * 0.5).toFixed(2),
      amount,
      amount,
      id % 5,
      `'${day(index)}'`,
      `'${day(index)} 10:00:00'`,
      `'${day(index)} 12:00:00'`,
      id % 10 === 0 ? 'null' : `'note ${id}'`,
      `'DE89370400440532013000'`,
      `'AB${id}'`,
    ];
    return `(${values.join(', ')})`;
  });
}

function lineRows(): string[] {
  return Array.from({ length: rows }, (_, index) => index + 1).flatMap((id) => [
    `(${id}, ${(id * 1.25 - 0.25).toFixed(2)})`,
    `(${id}, 0.25)`,
  ]);
}

/** The same small mart in any system; `change` is SQL run after it. Tables: data (a fact), region, sale_lines, versions (SCD 2), members (SCD 1). */
export function mart(
  bench: ValidationBench,
  system: TestSystem,
  change: readonly string[] = [],
): Promise<ResolvedConnection> {
  return bench.database(system, [
    `create table region (id integer not null primary key, name varchar(20))`,
    `insert into region values (1, 'north'), (2, 'south'), (3, 'east')`,
    `create table data (id integer not null primary key, region_id integer, amount decimal(10,2), cost decimal(10,2),
      debit decimal(10,2), credit decimal(10,2), journal integer, sold_on date, sold_at timestamp, loaded_at timestamp,
      note varchar(40), iban varchar(34), code varchar(10))`,
    `insert into data values ${salesRows().join(', ')}`,
    `create table sale_lines (sale_id integer, part decimal(10,2))`,
    `insert into sale_lines values ${lineRows().join(', ')}`,
    `create table versions (member varchar(10), city varchar(20), valid_from date, valid_to date, is_current integer)`,
    `insert into versions values ('a', 'Bonn', '2020-01-01', '2021-01-01', 0), ('a', 'Kiel', '2021-01-01', null, 1),
      ('b', 'Ulm', '2020-06-01', '2022-01-01', 0), ('b', 'Hof', '2022-01-01', null, 1)`,
    `create table members (sk integer, member varchar(10), city varchar(20), changed date)`,
    `insert into members values (11, 'a', 'Kiel', '2021-01-01'), (12, 'b', 'Hof', '2022-01-01'), (13, 'c', 'Ulm', '2020-01-01')`,
    ...change,
  ]);
}
