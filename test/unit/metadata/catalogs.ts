import type { Catalog, CatalogColumn, CatalogTable, CatalogView } from '../../../daemon/protocol/catalog.ts';

/** A column of a catalog; what is not given is what most columns have. */
export function column(name: string, position: number, more: Partial<CatalogColumn> = {}): CatalogColumn {
  return {
    name,
    position,
    native_type: 'integer',
    canonical_type: 'integer(32)',
    length: null,
    precision: null,
    scale: null,
    nullable: true,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    comment: null,
    ...more,
  };
}

export function table(
  name: string,
  columns: CatalogColumn[],
  more: Partial<CatalogTable> = {},
): CatalogTable {
  return {
    name,
    kind: 'table',
    comment: null,
    columns,
    indexes: [],
    row_count: { value: null, method: 'none' },
    bytes: null,
    primary_key: null,
    unique_keys: [],
    foreign_keys: [],
    checks: [],
    ...more,
  };
}

export function view(name: string, columns: CatalogColumn[], definition: string): CatalogView {
  return {
    name,
    kind: 'view',
    comment: null,
    columns,
    indexes: [],
    row_count: { value: null, method: 'none' },
    bytes: null,
    definition,
  };
}

const text = { native_type: 'text', canonical_type: 'text' };

/** Customers, their orders, a view and a sequence; every call makes a new one, to be changed at will. */
export function shop(): Catalog {
  const customer = table(
    'customer',
    [
      column('id', 1, { nullable: false }),
      column('name', 2, { ...text, nullable: false }),
      column('balance', 3, {
        native_type: 'numeric(10,2)',
        canonical_type: 'decimal(10,2)',
        default: '0',
        precision: 10,
        scale: 2,
      }),
      column('email', 4, text),
    ],
    {
      primary_key: { name: 'customer_pkey', columns: ['id'] },
      unique_keys: [{ name: 'customer_email', columns: ['email'] }],
      checks: [{ name: 'positive', expression: 'balance >= 0' }],
      triggers: [
        { name: 'audit', timing: 'after', events: ['update'], level: 'row', enabled: true, definition: null },
      ],
      grants: [{ grantee: 'reader', privilege: 'SELECT', grantable: false }],
      indexes: [
        {
          name: 'customer_name',
          columns: [{ column: 'name', expression: null, descending: false }],
          include: [],
          unique: false,
          primary: false,
          method: 'btree',
          predicate: null,
        },
      ],
    },
  );
  const order = table(
    'order',
    [
      column('id', 1, { nullable: false }),
      column('customer_id', 2),
      column('placed_on', 3, { native_type: 'date', canonical_type: 'date' }),
    ],
    {
      primary_key: { name: 'order_pkey', columns: ['id'] },
      foreign_keys: [
        {
          name: 'order_customer',
          columns: ['customer_id'],
          references: { schema: 'public', table: 'customer', columns: ['id'] },
          on_update: 'NO ACTION',
          on_delete: 'NO ACTION',
        },
      ],
    },
  );
  return {
    catalog_version: 1,
    connection: 'legacy',
    system: 'PostgreSQL',
    version: '16.2',
    extracted_at: '2026-11-23T12:00:00.000Z',
    row_counts: 'none',
    scope: {},
    schemas: [
      {
        name: 'public',
        comment: null,
        tables: [customer, order],
        views: [view('rich', [column('id', 1)], 'select id from customer')],
        sequences: [
          {
            name: 'numbers',
            data_type: 'bigint',
            start: '1',
            increment: '1',
            min: '1',
            max: '9223372036854775807',
            cycle: false,
            owned_by: null,
            comment: null,
          },
        ],
        routines: [
          {
            name: 'total',
            kind: 'function',
            arguments: 'customer integer',
            returns: 'numeric',
            language: 'sql',
            comment: null,
          },
        ],
      },
    ],
    unreadable: [],
    queries: [],
  };
}

/** A table of a hand-made catalog. */
export function tableIn(catalog: Catalog, name: string): CatalogTable {
  const found = catalog.schemas.flatMap(({ tables }) => tables).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}
