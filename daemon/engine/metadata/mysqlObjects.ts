import type { CatalogRoutine, CatalogSequence, CatalogTrigger } from '../../protocol/catalog.ts';
import { quoteIdentifier, quoteText } from '../connections/ansiDialect.ts';
import { bySchema } from './model.ts';
import { relationKey, type MysqlDraft, type ReadRows } from './mysqlColumns.ts';
import { grantsSql, parametersSql, routinesSql, triggersSql } from './mysqlSql.ts';
import { flag, nullableText, text, type CatalogSession, type Row } from './session.ts';

function toTrigger(row: Row): CatalogTrigger {
  return {
    name: text(row, 'name'),
    timing: text(row, 'timing') === 'BEFORE' ? 'before' : 'after',
    events: [text(row, 'event').toLowerCase()],
    // There are no others, and none can be switched off.
    level: 'row',
    enabled: true,
    definition: nullableText(row, 'definition'),
  };
}

/** Triggers of the relations, and with `grants` who may do what with them. */
export async function addTriggersAndGrants(
  drafts: ReadonlyMap<string, MysqlDraft>,
  read: ReadRows,
  grants: boolean,
): Promise<void> {
  for (const row of await read(triggersSql)) {
    const draft = drafts.get(relationKey(text(row, 'schema'), text(row, 'relation')));
    if (draft !== undefined) (draft.relation.triggers ??= []).push(toTrigger(row));
  }
  if (!grants) return;
  for (const { relation } of drafts.values()) relation.grants = [];
  for (const row of await read(grantsSql)) {
    const grant = {
      grantee: text(row, 'grantee'),
      privilege: text(row, 'privilege'),
      grantable: text(row, 'grantable') === 'YES',
    };
    const schema = text(row, 'schema');
    const name = nullableText(row, 'relation');
    const holders = name === null ? [...drafts.values()] : [drafts.get(relationKey(schema, name))];
    for (const draft of holders) if (draft?.schema === schema) draft.relation.grants?.push(grant);
  }
}

/** Functions and procedures by schema, with their parameters as they are declared. */
export async function readRoutines(read: ReadRows): Promise<Map<string, CatalogRoutine[]>> {
  const keyOf = (row: Row): string =>
    [text(row, 'schema'), text(row, 'kind'), text(row, 'specific')].join('\u0000');
  const parameters = new Map<string, Row[]>();
  for (const row of await read(parametersSql)) {
    const known = parameters.get(keyOf(row));
    if (known === undefined) parameters.set(keyOf(row), [row]);
    else known.push(row);
  }
  const toRoutine = (row: Row): CatalogRoutine => {
    const own = (parameters.get(keyOf(row)) ?? []).sort((a, b) => Number(a.position) - Number(b.position));
    const isProcedure = text(row, 'kind') === 'PROCEDURE';
    return {
      name: text(row, 'name'),
      kind: isProcedure ? 'procedure' : 'function',
      arguments: own.map((each) => parameterText(each, isProcedure)).join(', '),
      returns: isProcedure ? null : nullableText(row, 'returns'),
      language: nullableText(row, 'language'),
      comment: nullableText(row, 'comment') || null,
    };
  };
  const rows = await read(routinesSql);
  return bySchema(rows.map((row) => ({ schema: text(row, 'schema'), item: toRoutine(row) })));
}

function parameterText(row: Row, isProcedure: boolean): string {
  const mode = isProcedure ? `${nullableText(row, 'mode') ?? 'IN'} ` : '';
  return `${mode}${nullableText(row, 'name') ?? ''} ${text(row, 'type')}`;
}

/** Sequences read like tables of one row: all of them in one statement. */
export async function readSequences(
  session: CatalogSession,
  sequences: readonly { readonly schema: string; readonly name: string; readonly row: Row }[],
): Promise<Map<string, CatalogSequence[]>> {
  if (sequences.length === 0) return new Map();
  const selects = sequences.map(
    ({ schema, name }) =>
      `select ${quoteText(schema)} as "schema", ${quoteText(name)} as "name", start_value as "start", minimum_value as "min",
  maximum_value as "max", increment as "increment", cycle_option as "cycle" from ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
  );
  const comments = new Map(
    sequences.map(({ schema, name, row }) => [
      `${schema}\u0000${name}`,
      nullableText(row, 'comment') || null,
    ]),
  );
  const rows = await session.query(selects.join('\nunion all\n'));
  return bySchema(
    rows.map((row) => ({
      schema: text(row, 'schema'),
      item: {
        name: text(row, 'name'),
        data_type: 'bigint',
        start: nullableText(row, 'start'),
        increment: nullableText(row, 'increment'),
        min: nullableText(row, 'min'),
        max: nullableText(row, 'max'),
        cycle: flag(row, 'cycle'),
        owned_by: null,
        comment: comments.get(relationKey(text(row, 'schema'), text(row, 'name'))) ?? null,
      },
    })),
  );
}
