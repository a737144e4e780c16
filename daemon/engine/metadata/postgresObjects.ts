import type { CatalogRoutine, CatalogSequence, CatalogTrigger } from '../../protocol/catalog.ts';
import { bySchema } from './model.ts';
import type { RelationDraft } from './postgresColumns.ts';
import { grantsSql, routinesSql, sequencesSql, triggersSql } from './postgresSql.ts';
import { flag, nullableText, text, type CatalogSession, type Row } from './session.ts';

const events: readonly (readonly [bit: number, name: string])[] = [
  [4, 'insert'],
  [8, 'delete'],
  [16, 'update'],
  [32, 'truncate'],
];

function toTrigger(row: Row): CatalogTrigger {
  const type = Number(row.type);
  return {
    name: text(row, 'name'),
    timing: (type & 64) !== 0 ? 'instead_of' : (type & 2) !== 0 ? 'before' : 'after',
    events: events.filter(([bit]) => (type & bit) !== 0).map(([, name]) => name),
    level: (type & 1) !== 0 ? 'row' : 'statement',
    enabled: text(row, 'enabled') !== 'D',
    definition: nullableText(row, 'definition'),
  };
}

/** Triggers of the relations, and with `grants` who may do what with them. */
export async function addTriggersAndGrants(
  session: CatalogSession,
  relations: ReadonlyMap<string, RelationDraft>,
  oids: readonly string[],
  grants: boolean,
): Promise<void> {
  for (const row of await session.query(triggersSql, oids)) {
    const one = relations.get(text(row, 'relation'));
    if (one !== undefined) (one.relation.triggers ??= []).push(toTrigger(row));
  }
  if (!grants) return;
  for (const { relation } of relations.values()) relation.grants = [];
  for (const row of await session.query(grantsSql, oids)) {
    relations.get(text(row, 'relation'))?.relation.grants?.push({
      grantee: text(row, 'grantee'),
      privilege: text(row, 'privilege'),
      grantable: flag(row, 'grantable'),
    });
  }
}

function toSequence(row: Row): CatalogSequence {
  const table = nullableText(row, 'owner_table');
  return {
    name: text(row, 'name'),
    data_type: text(row, 'data_type'),
    start: text(row, 'start'),
    increment: text(row, 'increment'),
    min: text(row, 'min'),
    max: text(row, 'max'),
    cycle: flag(row, 'cycle'),
    owned_by: table === null ? null : { table, column: text(row, 'owner_column') },
    comment: nullableText(row, 'comment'),
  };
}

const routineKinds: Readonly<Record<string, CatalogRoutine['kind']>> = {
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};

function toRoutine(row: Row): CatalogRoutine {
  return {
    name: text(row, 'name'),
    kind: routineKinds[text(row, 'kind')] ?? 'function',
    arguments: text(row, 'arguments'),
    returns: nullableText(row, 'returns'),
    language: text(row, 'language'),
    comment: nullableText(row, 'comment'),
  };
}

/** Sequences and routines by schema. */
export async function readSchemaObjects(session: CatalogSession): Promise<{
  readonly sequences: Map<string, CatalogSequence[]>;
  readonly routines: Map<string, CatalogRoutine[]>;
}> {
  const itemsOf = <T>(rows: readonly Row[], toItem: (row: Row) => T) =>
    bySchema(rows.map((row) => ({ schema: text(row, 'schema'), item: toItem(row) })));
  return {
    sequences: itemsOf(await session.query(sequencesSql), toSequence),
    routines: itemsOf(await session.query(routinesSql), toRoutine),
  };
}
