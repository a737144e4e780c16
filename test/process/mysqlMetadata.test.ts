import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { catalogCounts } from '../../daemon/engine/metadata/model.ts';
import { startMariadb, stopMariadb, type TestMariadb } from '../support/mariadb.ts';
import {
  extract,
  figures,
  profilesOf,
  tableOf,
  temporaryFolder,
  type ExtractOptions,
} from '../unit/metadata/sources.ts';

const everything = `
  create table customer (
    id bigint unsigned not null auto_increment primary key comment 'the number',
    email varchar(100) character set latin1 not null,
    name varchar(50) default 'it''s "x"',
    balance decimal(12,2) not null default 0.00,
    born date,
    doc json,
    token uuid default uuid(),
    seen timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
    upper_name varchar(50) as (upper(name)) stored,
    short_name varchar(5) as (left(name, 5)) virtual,
    kind enum('a','b') not null default 'a',
    unique key email (email),
    unique key prefix_only (name(3)),
    key by_name (name desc, born),
    constraint positive check (balance >= 0)
  ) comment 'who buys' collate utf8mb4_bin;
  create table orders (
    customer_id bigint unsigned not null, number int not null, note text, place point not null,
    primary key (customer_id, number), fulltext key words (note), spatial key places (place),
    constraint of_customer foreign key (customer_id) references customer (id) on delete cascade on update restrict
  );
  create table by_year (id int not null, y int not null, primary key (id, y)) partition by range (y)
    (partition p0 values less than (2020), partition p1 values less than maxvalue);
  create view rich as select id, name from customer where balance > 1000;
  create trigger stamp before insert on customer for each row set new.balance = abs(new.balance);
  create function taxed(amount decimal(12,2), rate double) returns decimal(14,4) deterministic comment 'with tax' return amount * (1 + rate);
  create procedure tidy(in days int, out gone int) set gone = days;
  create sequence numbers start with 7 increment by 3 minvalue 1 maxvalue 1000 cycle;
  insert into customer (email, name, balance) values ('a@x', 'Ann', 1), ('b@x', 'Bob', 2);
`;

let server: TestMariadb;
let folder: ReturnType<typeof temporaryFolder>;
let source: ConnectionDefinition & { type: 'mysql' };
let databases = 0;

beforeAll(async () => {
  server = await startMariadb();
});
afterAll(() => stopMariadb());
beforeEach(async () => {
  folder = temporaryFolder();
  databases += 1;
  source = await server.createDatabase(`metadata_${databases}`);
  await server.sql(source.database, everything);
});
afterEach(() => folder.remove());

const read = (options: ExtractOptions = {}, change: Partial<typeof source> = {}) =>
  extract({ ...source, ...change }, folder.scratch, options);
const run = (sql: string) => server.sql(source.database, sql);

const plain = {
  length: null,
  precision: null,
  scale: null,
  nullable: true,
  default: null,
  identity: null,
  generated: null,
  collation: null,
  comment: null,
};
const on = (column: string, descending = false, expression: string | null = null) => ({
  column,
  expression,
  descending,
});
const index = { include: [], unique: false, primary: false, method: 'btree', predicate: null };

async function tableNamed(name: string, options: ExtractOptions = {}) {
  const { catalog } = await read(options);
  const found = catalog.schemas.flatMap(({ tables }) => tables).find((table) => table.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

describe('a MariaDB database', () => {
  it('is read with everything that was made in it', async () => {
    const { catalog } = await read();
    expect(catalog).toMatchObject({ system: 'MariaDB', unreadable: [] });
    expect(catalog.schemas).toHaveLength(1);
    const [schema] = catalog.schemas;
    expect(schema).toMatchObject({
      name: source.database,
      tables: [
        { name: 'by_year', kind: 'partitioned_table', partition_key: 'RANGE ("y")' },
        { name: 'customer', kind: 'table', comment: 'who buys' },
        { name: 'orders', kind: 'table', comment: null },
      ],
      sequences: [{ name: 'numbers', start: '7', increment: '3', min: '1', max: '1000', cycle: true }],
      routines: [
        {
          name: 'taxed',
          kind: 'function',
          arguments: 'amount decimal(12,2), rate double',
          returns: 'decimal(14,4)',
          language: 'SQL',
          comment: 'with tax',
        },
        { name: 'tidy', kind: 'procedure', arguments: 'IN days int(11), OUT gone int(11)', returns: null },
      ],
    });
    expect(schema!.views).toMatchObject([
      { name: 'rich', kind: 'view', definition: expect.stringMatching(/select .*balance. > 1000/) as string },
    ]);
    expect(catalogCounts(catalog.schemas)).toMatchObject({
      schemas: 1,
      tables: 3,
      views: 1,
      columns: 19,
      keys: 4,
      foreign_keys: 1,
      checks: 1,
    });
  });

  it('tells the columns of a table', async () => {
    const { columns } = await tableNamed('customer');
    expect(columns.map(({ position }) => position)).toEqual(columns.map((_, place) => place + 1));
    expect(columns.map(({ position: _, ...rest }) => rest)).toEqual([
      {
        ...plain,
        name: 'id',
        native_type: 'bigint(20) unsigned',
        canonical_type: 'unsigned integer(64)',
        nullable: false,
        identity: 'auto_increment',
        comment: 'the number',
      },
      {
        ...plain,
        name: 'email',
        native_type: 'varchar(100)',
        canonical_type: 'varchar(100)',
        length: 100,
        nullable: false,
        collation: 'latin1_swedish_ci',
      },
      {
        ...plain,
        name: 'name',
        native_type: 'varchar(50)',
        canonical_type: 'varchar(50)',
        length: 50,
        default: `'it''s "x"'`,
      },
      {
        ...plain,
        name: 'balance',
        native_type: 'decimal(12,2)',
        canonical_type: 'decimal(12,2)',
        precision: 12,
        scale: 2,
        nullable: false,
        default: '0.00',
      },
      { ...plain, name: 'born', native_type: 'date', canonical_type: 'date' },
      { ...plain, name: 'doc', native_type: 'json', canonical_type: 'json' },
      { ...plain, name: 'token', native_type: 'uuid', canonical_type: 'uuid', default: 'uuid()' },
      {
        ...plain,
        name: 'seen',
        native_type: 'timestamp(3)',
        canonical_type: 'timestamptz(3)',
        precision: 3,
        nullable: false,
        default: 'current_timestamp(3) on update current_timestamp(3)',
      },
      {
        ...plain,
        name: 'upper_name',
        native_type: 'varchar(50)',
        canonical_type: 'varchar(50)',
        length: 50,
        generated: { expression: 'ucase("name")', stored: true },
      },
      {
        ...plain,
        name: 'short_name',
        native_type: 'varchar(5)',
        canonical_type: 'varchar(5)',
        length: 5,
        generated: { expression: 'left("name",5)', stored: false },
      },
      {
        ...plain,
        name: 'kind',
        native_type: "enum('a','b')",
        canonical_type: 'text',
        nullable: false,
        default: "'a'",
      },
    ]);
  });

  it('tells keys, indexes, checks and triggers', async () => {
    expect(await tableNamed('customer')).toMatchObject({
      primary_key: { name: 'PRIMARY', columns: ['id'] },
      // Of a key over three letters nothing is unique but those.
      unique_keys: [{ name: 'email', columns: ['email'] }],
      checks: [{ name: 'positive', expression: '"balance" >= 0' }],
      indexes: [
        { ...index, name: 'PRIMARY', unique: true, primary: true, columns: [on('id')] },
        { ...index, name: 'by_name', columns: [on('name', true), on('born')] },
        { ...index, name: 'email', unique: true, columns: [on('email')] },
        { ...index, name: 'prefix_only', unique: true, columns: [on('name', false, '"name"(3)')] },
      ],
      triggers: [
        {
          name: 'stamp',
          timing: 'before',
          events: ['insert'],
          level: 'row',
          enabled: true,
          definition: 'set new.balance = abs(new.balance)',
        },
      ],
      row_count: { value: 2, method: 'estimate' },
      bytes: expect.any(Number) as number,
    });
    expect(await tableNamed('orders')).toMatchObject({
      primary_key: { columns: ['customer_id', 'number'] },
      foreign_keys: [
        {
          name: 'of_customer',
          columns: ['customer_id'],
          references: { schema: source.database, table: 'customer', columns: ['id'] },
          on_update: 'RESTRICT',
          on_delete: 'CASCADE',
        },
      ],
      indexes: [
        { name: 'PRIMARY' },
        { name: 'places', method: 'spatial', columns: [on('place')] },
        { name: 'words', method: 'fulltext' },
      ],
    });
  });

  it.each([
    ['a dropped column', 'alter table customer drop column born', /born/],
    [
      'another type',
      'alter table customer modify column balance decimal(13,2) not null default 0.00',
      /decimal\(13,2\)/,
    ],
    ['another default', 'alter table customer alter column balance set default 1', /"default": "1.00"/],
    [
      'another action',
      'alter table orders drop foreign key of_customer, add constraint of_customer2 foreign key (customer_id) references customer (id)',
      /of_customer2/,
    ],
    ['a dropped check', 'alter table customer drop constraint positive', /positive/],
    ['a new index', 'create index born_index on customer (born)', /born_index/],
    [
      'another procedure',
      'drop procedure tidy; create procedure tidy(in days bigint, out gone int) set gone = days',
      /days bigint/,
    ],
    [
      'another view',
      'create or replace view rich as select id, name from customer where balance > 2000',
      /2000/,
    ],
    ['a dropped trigger', 'drop trigger stamp', /stamp/],
  ])('shows %s', async (_, change, trace) => {
    const schemasText = async () => JSON.stringify((await read()).catalog.schemas, null, 1).split('\n');
    const before = await schemasText();
    expect(await schemasText()).toEqual(before);
    await run(change);
    const after = await schemasText();
    const changed = [
      ...before.filter((line) => !after.includes(line)),
      ...after.filter((line) => !before.includes(line)),
    ];
    expect(changed.join('\n')).toMatch(trace);
  });

  it('profiles what the other systems do, in one statement a table', async () => {
    await run(
      `create table figures (whole int, money decimal(6,2), word varchar(20), blank int);
       insert into figures select seq, seq / 10, if(seq % 3 = 0, concat('AB-', seq), 'x'), null from seq_1_to_20`,
    );
    const { catalog } = await read({
      tables: ['figures'],
      profile: { quantiles: [0, 0.5, 1], histogram: 4, top_values: 2, patterns: 2 },
    });
    expect(catalog.unreadable).toEqual([]);
    expect(tableOf(catalog, 'figures').profile).toEqual({ rows_scanned: 20, sample: null });
    expect(profilesOf(tableOf(catalog, 'figures'))).toMatchObject(figures);
  });

  it('counts exactly, profiles, and asks as many statements for a hundred tables as for three', async () => {
    const { catalog, statements } = await read({ row_counts: 'exact' });
    const counts = catalog.schemas[0]!.tables.map(({ name, row_count }) => [
      name,
      row_count.value,
      row_count.method,
    ]);
    expect(counts).toEqual([
      ['by_year', 0, 'exact'],
      ['customer', 2, 'exact'],
      ['orders', 0, 'exact'],
    ]);
    const few = (await read()).statements;
    const names = Array.from({ length: 100 }, (_, number) => `more_${number}`);
    await run(names.map((name) => `create table ${name} (id int primary key, v int, key (v))`).join(';'));
    const many = await read();
    expect(many.catalog.schemas[0]!.tables).toHaveLength(103);
    expect(many.statements).toBe(few);
    expect(statements).toBe(few + 1);
  });

  it('reads other databases when they are named, tables by globs, and grants when asked', async () => {
    const other = await server.createDatabase(`metadata_other_${databases}`);
    await server.sql(other.database, 'create table elsewhere (a int)');
    const named = await read({ schemas: [other.database] });
    expect(
      named.catalog.schemas.map(({ name, tables }) => [name, tables.map((table) => table.name)]),
    ).toEqual([[other.database, ['elsewhere']]]);
    const some = await read({ tables: ['cust*'] });
    expect(some.catalog.schemas.flatMap(({ tables }) => tables.map(({ name }) => name))).toEqual([
      'customer',
    ]);
    await expect(read({ tables: ['custmer'] })).rejects.toMatchObject({ code: 'no_such_table' });
    const user = `reader_${databases}`;
    await run(
      `create user ${user}@'127.0.0.1'; grant select on customer to ${user}@'127.0.0.1'; grant insert on ${source.database}.* to ${user}@'127.0.0.1'`,
    );
    const { grants } = await tableNamed('customer', { grants: true });
    expect(grants!.filter(({ grantee }) => grantee.includes(user)).map(({ privilege }) => privilege)).toEqual(
      ['INSERT', 'SELECT'],
    );
  });

  it('shows a user what the user may see, and says which rows can not be counted', async () => {
    const user = `limited_${databases}`;
    await run(
      `create user ${user}@'127.0.0.1'; grant select on customer to ${user}@'127.0.0.1'; grant insert on orders to ${user}@'127.0.0.1'`,
    );
    const { catalog } = await read({ row_counts: 'exact' }, { user });
    const counts = catalog.schemas[0]!.tables.map(({ name, row_count }) => [name, row_count.value]);
    expect(counts).toEqual([
      ['customer', 2],
      ['orders', null],
    ]);
    expect(catalog.unreadable).toMatchObject([
      { object: `rows of ${source.database}.orders`, reason: expect.stringMatching(/denied/) as string },
    ]);
  });
});
