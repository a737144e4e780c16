import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, CatalogTable, CatalogView } from '../../daemon/protocol/catalog.ts';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startMariadb, stopMariadb, type TestMariadb } from '../support/mariadb.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../support/postgres.ts';
import { extract, tableOf, temporaryFolder } from '../unit/metadata/sources.ts';

/**
 * Catalogs against what the servers say of themselves, asked in another way than extraction asks: information_schema and the views
 * for people where extraction reads pg_catalog, SHOW where it reads information_schema.
 */
const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../fixtures/metadata', name), 'utf8');

type Row = Record<string, unknown>;
type Relation = CatalogTable | CatalogView;
const each = <T>(catalog: Catalog, of: (relation: Relation, schema: string) => readonly T[]): T[] =>
  catalog.schemas.flatMap(({ name, tables, views }) =>
    [...tables, ...views].flatMap((relation) => of(relation, name)),
  );
const tablesOf = <T>(catalog: Catalog, of: (table: CatalogTable, schema: string) => readonly T[]): T[] =>
  catalog.schemas.flatMap(({ name, tables }) => tables.flatMap((table) => of(table, name)));
const isView = (relation: Relation): boolean => 'definition' in relation;
const sorted = (lines: readonly string[]): string[] => [...lines].sort();
const listOf = (names: readonly string[]): string => `(${names.join('|')})`;

describe('the catalog of PostgreSQL is what the server says:', () => {
  let postgres: TestPostgres;
  let source: ConnectionDefinition & { type: 'postgres' };
  let catalog: Catalog;
  const folder = temporaryFolder();
  const rows = async (sql: string): Promise<Row[]> => await postgres.sql(source.database, sql);
  const lines = async (sql: string): Promise<string[]> =>
    sorted((await rows(sql)).map(({ line }) => String(line)));
  const ours = `not in ('pg_catalog', 'information_schema')`;

  beforeAll(async () => {
    postgres = await startPostgres();
    source = await postgres.createDatabase('features');
    await postgres.sql(source.database, fixture('features.sql'));
    ({ catalog } = await extract(source, folder.scratch));
  });
  afterAll(async () => {
    folder.remove();
    await stopPostgres();
  });

  it('tables and views', async () => {
    const found = each(catalog, ({ name, kind }, schema) => [
      `${schema}.${name} ${kind === 'view' ? 'VIEW' : kind === 'materialized_view' ? 'MATERIALIZED' : 'BASE TABLE'}`,
    ]);
    expect(found.length).toBe(18);
    expect(sorted(found)).toEqual(
      await lines(`select table_schema || '.' || table_name || ' ' || table_type as line from information_schema.tables where table_schema ${ours}
        union all select schemaname || '.' || matviewname || ' MATERIALIZED' from pg_matviews`),
    );
    expect(catalog.unreadable).toEqual([]);
  });

  it('columns with position, nullability, default, length, precision, identity, expression and collation', async () => {
    const found = each(catalog, (relation, schema) =>
      relation.kind === 'materialized_view'
        ? []
        : relation.columns.map((column, index) =>
            JSON.stringify([
              `${schema}.${relation.name}.${column.name}`,
              index + 1,
              column.nullable,
              column.default,
              column.length,
              column.identity,
              column.generated?.expression ?? null,
              column.collation,
            ]),
          ),
    );
    const said = await rows(`select *, (select count(*) from information_schema.columns o
        where (o.table_schema, o.table_name) = (c.table_schema, c.table_name) and o.ordinal_position <= c.ordinal_position)::int as place
      from information_schema.columns c where table_schema ${ours}`);
    expect(said.length).toBeGreaterThan(60);
    const views = new Set(
      catalog.schemas.flatMap(({ name, views: all }) => all.map((view) => `${name}.${view.name}`)),
    );
    const identities: Record<string, string> = { ALWAYS: 'always', 'BY DEFAULT': 'by_default' };
    expect(sorted(found)).toEqual(
      sorted(
        said.map((row) =>
          JSON.stringify([
            `${String(row['table_schema'])}.${String(row['table_name'])}.${String(row['column_name'])}`,
            row['place'],
            // Whether a column of a view may be NULL is not for a catalog to say: PostgreSQL always says that it may.
            views.has(`${String(row['table_schema'])}.${String(row['table_name'])}`)
              ? null
              : row['is_nullable'] === 'YES',
            row['column_default'],
            // The length of a bit string is in its type alone.
            row['data_type'] === 'bit' ? null : row['character_maximum_length'],
            row['is_identity'] === 'YES' ? identities[String(row['identity_generation'])] : null,
            row['generation_expression'],
            row['collation_name'] === 'C' ? 'C' : null,
          ]),
        ),
      ),
    );
  });

  it('types, as the server writes them out in casts', async () => {
    const found = each(catalog, (relation, schema) =>
      relation.columns.map(({ name, native_type }) => `${schema}.${relation.name}.${name} ${native_type}`),
    );
    const said =
      await lines(`select n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as line
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where a.attnum > 0 and not a.attisdropped and n.nspname in ('sales', 'Odd schema', 'public') and c.relkind in ('r', 'p', 'v', 'm')`);
    expect(sorted(found)).toEqual(said);
    const film = tableOf(catalog, 'film');
    const canonical = Object.fromEntries(film.columns.map((column) => [column.name, column.canonical_type]));
    expect(canonical).toMatchObject({
      release_year: 'integer(32)',
      fee: 'decimal(4,2)',
      title: 'varchar(255)',
      code: 'uuid',
    });
  });

  it('primary, unique and foreign keys with their columns, order, targets, actions and when they are checked', async () => {
    const late = (deferrable: string | undefined) =>
      `${deferrable === undefined ? 'NO NO' : deferrable === 'deferred' ? 'YES YES' : 'YES NO'}`;
    const keys = tablesOf(catalog, (table, schema) => {
      const line = (type: string, key: { name: string | null; columns: string[]; deferrable?: string }) =>
        `${schema}.${table.name} ${type} ${key.name} ${listOf(key.columns)} ${late(key.deferrable)}`;
      return [
        ...(table.primary_key === null ? [] : [line('PRIMARY KEY', table.primary_key)]),
        ...table.unique_keys.map((key) => line('UNIQUE', key)),
        ...table.foreign_keys.map((key) => line('FOREIGN KEY', key)),
      ];
    });
    const columns = `select constraint_schema, constraint_name, table_name, string_agg(column_name, '|' order by ordinal_position) as columns,
      string_agg(position_in_unique_constraint::text, '|' order by ordinal_position) as places
      from information_schema.key_column_usage group by 1, 2, 3`;
    expect(keys.length).toBeGreaterThan(15);
    expect(sorted(keys)).toEqual(
      await lines(`select c.table_schema || '.' || c.table_name || ' ' || constraint_type || ' ' || constraint_name || ' (' || columns || ') ' || is_deferrable || ' ' || initially_deferred as line
        from information_schema.table_constraints c join (${columns}) k using (constraint_schema, constraint_name, table_name)
        where c.table_schema ${ours} and constraint_type <> 'CHECK'`),
    );
    const references = tablesOf(catalog, (table, schema) =>
      table.foreign_keys.map(
        ({ name, references: to, on_update, on_delete }) =>
          `${schema}.${table.name} ${name} ${to.schema}.${to.table} ${listOf(to.columns)} ${on_update} ${on_delete}`,
      ),
    );
    expect(sorted(references)).toEqual(
      await lines(`select k.constraint_schema || '.' || k.table_name || ' ' || r.constraint_name || ' ' || u.constraint_schema || '.' || u.table_name
          || ' (' || string_agg(u.column_name, '|' order by k.ordinal_position) || ') ' || update_rule || ' ' || delete_rule as line
        from (select distinct * from information_schema.referential_constraints) r
        join information_schema.key_column_usage k using (constraint_schema, constraint_name)
        join information_schema.key_column_usage u on (u.constraint_schema, u.constraint_name, u.ordinal_position)
          = (r.unique_constraint_schema, r.unique_constraint_name, k.position_in_unique_constraint)
        group by k.constraint_schema, k.table_name, r.constraint_name, u.constraint_schema, u.table_name, update_rule, delete_rule`),
    );
  });

  it('checks and exclusions, in the words of pg_get_constraintdef', async () => {
    const found = tablesOf(catalog, (table, schema) => [
      ...table.checks.map(({ name, expression }) => `${schema}.${table.name} ${name} CHECK (${expression})`),
      ...(table.exclusions ?? []).map(
        ({ name, definition }) => `${schema}.${table.name} ${name} ${definition}`,
      ),
    ]);
    const said =
      await lines(`select conrelid::regclass::text || ' ' || conname || ' ' || replace(pg_get_constraintdef(oid), ' NOT VALID', '') as line
      from pg_constraint where contype in ('c', 'x') and conrelid <> 0 and connamespace::regnamespace::text = 'sales'`);
    expect(said.length).toBeGreaterThanOrEqual(3);
    expect(sorted(found)).toEqual(said);
  });

  it('indexes: every one, with what its definition names', async () => {
    const found = each(catalog, (relation, schema) =>
      relation.indexes.map((index) => ({ at: `${schema}.${relation.name}.${index.name}`, index })),
    );
    const said = new Map(
      (
        await rows(
          `select schemaname || '.' || tablename || '.' || indexname as at, indexdef from pg_indexes where schemaname ${ours}`,
        )
      ).map(({ at, indexdef }) => [String(at), String(indexdef)]),
    );
    expect(sorted(found.map(({ at }) => at))).toEqual(sorted([...said.keys()]));
    for (const { at, index } of found) {
      const definition = said.get(at) ?? '';
      expect([at, index.unique]).toEqual([at, definition.startsWith('CREATE UNIQUE')]);
      expect(definition).toContain(` USING ${index.method} (`);
      const plain = (text: string) => text.replaceAll('""', '"').replaceAll(/::text|[()\s]/g, '');
      for (const { column, expression } of index.columns)
        expect(plain(definition)).toContain(plain(column ?? expression ?? '?'));
      expect([at, (/ DESC/.exec(definition) ?? []).length]).toEqual([
        at,
        index.columns.some((each) => each.descending) ? 1 : 0,
      ]);
      expect([at, index.include.join(', ')]).toEqual([at, /INCLUDE \(([^)]*)\)/.exec(definition)?.[1] ?? '']);
      expect([at, index.predicate]).toEqual([at, / WHERE (.*)$/.exec(definition)?.[1] ?? null]);
    }
  });

  it('definitions of views, triggers, sequences, routines, partitions, inheritance and comments', async () => {
    const views = each(catalog, (relation, schema) =>
      'definition' in relation ? [`${schema}.${relation.name} ${relation.definition}`] : [],
    );
    expect(sorted(views)).toEqual(
      await lines(`select schemaname || '.' || viewname || ' ' || definition as line from pg_views where schemaname ${ours}
        union all select schemaname || '.' || matviewname || ' ' || definition from pg_matviews`),
    );
    const triggers = each(catalog, (relation, schema) =>
      (relation.triggers ?? []).flatMap(({ name, timing, events, level }) =>
        events
          .filter((event) => event !== 'truncate')
          .map((event) => `${schema}.${relation.name} ${name} ${timing} ${event} ${level}`.toLowerCase()),
      ),
    );
    expect(sorted(triggers)).toEqual(
      await lines(`select lower(trigger_schema || '.' || event_object_table || ' ' || trigger_name || ' ' || action_timing || ' ' || event_manipulation || ' ' || action_orientation) as line
        from information_schema.triggers`),
    );
    const { triggers: ofFilm = [] } = tableOf(catalog, 'film');
    expect(ofFilm.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['film_after', false],
      ['film_late', true],
      ['film_stamp', true],
    ]);
    const sequences = catalog.schemas.flatMap(({ name: schema, sequences: all = [] }) =>
      all.map(
        ({ name, start, increment, min, max, cycle }) =>
          `${schema}.${name} ${start} ${increment} ${min} ${max} ${cycle}`,
      ),
    );
    expect(sorted(sequences)).toEqual(
      await lines(
        `select schemaname || '.' || sequencename || ' ' || start_value || ' ' || increment_by || ' ' || min_value || ' ' || max_value || ' ' || cycle as line from pg_sequences`,
      ),
    );
    const routines = catalog.schemas.flatMap(({ name: schema, routines: all = [] }) =>
      all.map(({ name, kind }) => `${schema}.${name} ${kind}`),
    );
    expect(sorted(routines)).toEqual([
      'sales.product aggregate',
      'sales.stamp function',
      'sales.taxed function',
      'sales.taxed function',
      'sales.tidy procedure',
    ]);
    expect(tableOf(catalog, 'child').inherits).toEqual([{ schema: 'sales', table: 'base' }]);
    expect(tableOf(catalog, 'base').inherits).toBeUndefined();
    const partitions = tablesOf(catalog, ({ name, partition_of: of }) =>
      of === undefined ? [] : [`${name} ${of.table} ${of.bound}`],
    );
    expect(sorted(partitions)).toEqual(
      await lines(`select relname || ' ' || (select p.relname from pg_inherits i join pg_class p on p.oid = inhparent where inhrelid = c.oid) || ' ' || pg_get_expr(relpartbound, c.oid) as line
        from pg_class c where relispartition and relkind <> 'i' and relkind <> 'I'`),
    );
    expect(tableOf(catalog, 'payment_2')).toMatchObject({
      kind: 'partitioned_table',
      partition_key: 'HASH (payment_id)',
    });
    expect(tableOf(catalog, 'film').comment).toBe('films,\nof all kinds');
  });

  it('one changed thing at a time is seen', async () => {
    const schemas = async () => JSON.stringify((await extract(source, folder.scratch)).catalog.schemas);
    let before = await schemas();
    for (const sql of [
      'alter table sales.store alter constraint store_parent deferrable initially deferred',
      'alter table sales.child no inherit sales.base',
      'alter index sales.film_hash rename to film_hashed',
      'alter table sales.film alter column fee set default 5',
      `comment on column sales.film.title is 'otherwise'`,
      'alter table sales.film enable trigger film_after',
    ]) {
      await rows(sql);
      const now = await schemas();
      expect(now === before, sql).toBe(false);
      before = now;
    }
  });
});

describe('the catalog of MariaDB is what the server says:', () => {
  let mariadb: TestMariadb;
  let source: ConnectionDefinition & { type: 'mysql' };
  let catalog: Catalog;
  const folder = temporaryFolder();
  const rows = async (sql: string): Promise<Row[]> => await mariadb.sql(source.database, sql);

  beforeAll(async () => {
    mariadb = await startMariadb();
    source = await mariadb.createDatabase('features');
    await mariadb.sql(source.database, 'create database other_place');
    await mariadb.sql(source.database, fixture('features.mariadb.sql'));
    ({ catalog } = await extract(source, folder.scratch));
  });
  afterAll(async () => {
    folder.remove();
    await stopMariadb();
  });

  it('tables, views and sequences, as SHOW FULL TABLES tells them', async () => {
    const said = (await rows('show full tables')).map((row) => Object.values(row).map(String));
    const [schema] = catalog.schemas;
    const found = [
      ...each(catalog, ({ name, kind }) => [[name, kind === 'view' ? 'VIEW' : 'BASE TABLE']]),
      ...(schema?.sequences ?? []).map(({ name }) => [name, 'SEQUENCE']),
    ];
    expect(found.length).toBe(8);
    expect(sorted(found.map(String))).toEqual(sorted(said.map(String)));
    expect(catalog.unreadable).toEqual([]);
  });

  it('columns, as SHOW FULL COLUMNS tells them', async () => {
    for (const relation of each(catalog, (each) => [each])) {
      const said = await rows(`show full columns from \`${relation.name.replaceAll('`', '``')}\``);
      expect(
        relation.columns.map(({ name, native_type, nullable, comment }) => [
          name,
          native_type,
          nullable,
          comment ?? '',
        ]),
      ).toEqual(
        said.map((row) => [
          row['Field'],
          typeOf(relation, row),
          isView(relation) ? null : row['Null'] === 'YES',
          row['Comment'],
        ]),
      );
      expect(relation.columns.filter(({ identity }) => identity !== null).map(({ name }) => name)).toEqual(
        said.filter(({ Extra }) => String(Extra).includes('auto_increment')).map(({ Field }) => Field),
      );
      expect(
        relation.columns
          .filter(({ generated }) => generated !== null)
          .map(({ name, generated }) => [name, generated?.stored]),
      ).toEqual(
        said
          .filter(({ Extra }) => String(Extra).includes('GENERATED'))
          .map(({ Field, Extra }) => [Field, String(Extra).includes('STORED')]),
      );
    }
  });

  /** MariaDB's JSON is a checked LONGTEXT, which we tell as json. */
  function typeOf(relation: Relation, row: Row): unknown {
    return relation.name === 'film' && row['Field'] === 'doc' ? 'json' : row['Type'];
  }

  it('indexes and keys, as SHOW INDEX tells them', async () => {
    for (const table of tablesOf(catalog, (each) => [each])) {
      const said = await rows(`show index from \`${table.name.replaceAll('`', '``')}\``);
      const expected = new Map<string, string[]>();
      for (const row of said) {
        const name = String(row['Key_name']);
        const part = `${String(row['Column_name'])}${row['Collation'] === 'D' ? ' desc' : ''}`;
        expected.set(name, [...(expected.get(name) ?? []), part]);
      }
      const found = table.indexes.map((index) => [
        index.name,
        index.columns.map(
          ({ column, expression, descending }) =>
            `${column ?? expression?.replace(/\(\d+\)$/, '').replaceAll('`', '')}${descending ? ' desc' : ''}`,
        ),
      ]);
      expect(Object.fromEntries(found as [string, string[]][])).toEqual(Object.fromEntries(expected));
      for (const { name, unique } of table.indexes)
        expect([name, unique]).toEqual([
          name,
          Number(said.find((row) => row['Key_name'] === name)?.['Non_unique']) === 0,
        ]);
      expect(table.primary_key?.columns ?? []).toEqual(expected.get('PRIMARY') ?? []);
    }
  });

  it('foreign keys and checks stand in SHOW CREATE TABLE, none more and none less', async () => {
    let foreignKeys = 0;
    for (const table of tablesOf(catalog, (each) => [each])) {
      const [row] = await rows(`show create table \`${table.name.replaceAll('`', '``')}\``);
      const text = String(row?.['Create Table']);
      for (const { name, columns, references, on_delete, on_update } of table.foreign_keys) {
        const place = references.schema === source.database ? '' : `\`${references.schema}\`.`;
        const quoted = (names: readonly string[]) =>
          names.map((each) => `\`${each.replaceAll('`', '``')}\``).join(', ');
        const line = `CONSTRAINT \`${name}\` FOREIGN KEY (${quoted(columns)}) REFERENCES ${place}\`${references.table}\` (${quoted(references.columns)})`;
        expect(text).toContain(line);
        const rest = text.slice(text.indexOf(line) + line.length).split('\n')[0] ?? '';
        expect([
          name,
          on_delete === 'RESTRICT' || on_delete === 'NO ACTION' || rest.includes(`ON DELETE ${on_delete}`),
        ]).toEqual([name, true]);
        expect([
          name,
          on_update === 'RESTRICT' || on_update === 'NO ACTION' || rest.includes(`ON UPDATE ${on_update}`),
        ]).toEqual([name, true]);
        foreignKeys += 1;
      }
      expect([table.name, table.foreign_keys.length]).toEqual([
        table.name,
        text.split('FOREIGN KEY').length - 1,
      ]);
      const checks = text.split('CHECK (').length - 1 - (text.includes('json_valid') ? 1 : 0);
      expect([table.name, table.checks.length]).toEqual([table.name, checks]);
      for (const { expression } of table.checks)
        expect(text.replaceAll('`', '')).toContain(expression.replaceAll(/["`]/g, ''));
    }
    expect(foreignKeys).toBe(4);
  });

  it('views, triggers and routines with their definitions', async () => {
    for (const { name, definition } of catalog.schemas.flatMap(({ views }) => views)) {
      const [row] = await rows(`show create view \`${name}\``);
      const normal = (text: string | null) =>
        (text ?? '').replaceAll(/`features`\./g, '').replaceAll(/[`\s]/g, '');
      expect(normal(String(row?.['Create View']))).toContain(normal(definition));
    }
    const said = (await rows('show triggers')).map(
      (row) =>
        `${String(row['Table'])} ${String(row['Trigger'])} ${String(row['Timing'])} ${String(row['Event'])}`,
    );
    const found = each(catalog, ({ name: table, triggers = [] }) =>
      triggers.flatMap(({ name, timing, events }) =>
        events.map((event) => `${table} ${name} ${timing} ${event}`),
      ),
    );
    expect(sorted(found).map((line) => line.toLowerCase())).toEqual(
      sorted(said).map((line) => line.toLowerCase()),
    );
    const routines = [
      ...(await rows(`show function status where db = 'features'`)),
      ...(await rows(`show procedure status where db = 'features'`)),
    ].map((row) => `${String(row['Name'])} ${String(row['Type']).toLowerCase()}`);
    expect(sorted((catalog.schemas[0]?.routines ?? []).map(({ name, kind }) => `${name} ${kind}`))).toEqual(
      sorted(routines),
    );
    expect(routines).toHaveLength(2);
  });
});
