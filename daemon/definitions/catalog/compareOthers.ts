import type { CatalogFile, CatalogSchema, CatalogSequence, CatalogTrigger } from '../../protocol/catalog.ts';
import {
  added,
  breaking,
  changed,
  harmless,
  removed,
  type CompareContext,
  type Place,
  type Relation,
} from './compareContext.ts';
import { pairBy } from './pairing.ts';

const words = (parts: readonly (string | false | null | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' ');

/** Everything of a table or view beside columns, keys and indexes. Two systems word these things each in its own way. */
export function compareOwn(context: CompareContext, place: Place, before: Relation, after: Relation): void {
  if (context.across) return;
  const object = 'definition' in before ? 'view' : 'table';
  const at = { ...place, object, name: null } as const;
  changed(
    context,
    at,
    'kind',
    [before.kind, after.kind],
    'definition' in after
      ? breaking('a view may not be writable')
      : harmless('readers and writers go on as before'),
  );
  changed(context, at, 'comment', [before.comment, after.comment], harmless('a comment only'));
  if ('definition' in before && 'definition' in after) {
    // null: this user may not see it, so there is nothing to compare.
    const [old, now] = [before.definition, after.definition];
    if (old !== null && now !== null)
      changed(
        context,
        at,
        'definition',
        [old, now],
        harmless('its columns are told apart from this; which rows it holds may differ'),
      );
  }
  if ('partition_key' in before || 'partition_key' in after) {
    const keyOf = (relation: Relation): string | null =>
      ('partition_key' in relation ? relation.partition_key : undefined) ?? null;
    changed(
      context,
      at,
      'partition key',
      [keyOf(before), keyOf(after)],
      harmless('readers and writers go on as before; speed may differ'),
    );
  }
  compareFiles(context, at, before, after);
  compareTriggers(context, place, before, after);
  compareGrants(context, place, before, after);
}

function fileOf(relation: Relation): CatalogFile | undefined {
  return 'file' in relation ? relation.file : undefined;
}

function compareFiles(
  context: CompareContext,
  at: Place & { readonly object: 'table' | 'view'; readonly name: null },
  before: Relation,
  after: Relation,
): void {
  const [old, now] = [fileOf(before), fileOf(after)];
  if (old === undefined || now === undefined) return;
  const reads = breaking('whoever reads it with the old settings reads something else, or fails');
  changed(context, at, 'format', [old.format, now.format], reads);
  if (old.csv === undefined || now.csv === undefined) return;
  const settings = Object.keys(old.csv) as (keyof typeof old.csv)[];
  for (const setting of settings) {
    const [was, is] = [old.csv[setting], now.csv[setting]];
    // null: nothing in the file showed it, so any would do.
    if (was === null || is === null) continue;
    changed(
      context,
      at,
      setting.replaceAll('_', ' '),
      [JSON.stringify(was), JSON.stringify(is)],
      setting === 'new_line' ? harmless('every reader knows both') : reads,
    );
  }
}

function triggerText({ timing, events, level, enabled, definition }: CatalogTrigger): string {
  return words([
    timing.replace('_', ' '),
    events.join(' or '),
    `for each ${level}`,
    !enabled && 'disabled',
    definition !== null && `: ${definition}`,
  ]);
}

function compareTriggers(context: CompareContext, place: Place, before: Relation, after: Relation): void {
  const pairs = pairBy(before.triggers ?? [], after.triggers ?? [], ({ name }) => name);
  const verdict = breaking('a write does something else than before');
  const at = (name: string) => ({ ...place, object: 'trigger', name }) as const;
  for (const trigger of pairs.removed) removed(context, at(trigger.name), triggerText(trigger), verdict);
  for (const trigger of pairs.added) added(context, at(trigger.name), triggerText(trigger), verdict);
  for (const [old, now] of pairs.both)
    changed(context, at(old.name), 'definition', [triggerText(old), triggerText(now)], verdict);
}

/** Only if both extractions asked for grants: one that did not ask says nothing of them. */
function compareGrants(context: CompareContext, place: Place, before: Relation, after: Relation): void {
  if (before.grants === undefined || after.grants === undefined) return;
  const pairs = pairBy(
    before.grants,
    after.grants,
    ({ grantee, privilege, grantable }) => `${grantee}\u0000${privilege}\u0000${grantable}`,
  );
  const textOf = (grant: { privilege: string; grantable: boolean }): string =>
    words([grant.privilege, grant.grantable && 'with grant option']);
  for (const grant of pairs.removed)
    removed(
      context,
      { ...place, object: 'grant', name: grant.grantee },
      textOf(grant),
      breaking('whoever relied on it is refused'),
    );
  for (const grant of pairs.added)
    added(
      context,
      { ...place, object: 'grant', name: grant.grantee },
      textOf(grant),
      harmless('nobody loses a right'),
    );
}

function sequenceText({ data_type, start, increment, min, max, cycle }: CatalogSequence): string {
  return words([
    data_type,
    start !== null && `start ${start}`,
    increment !== null && `increment ${increment}`,
    min !== null && `min ${min}`,
    max !== null && `max ${max}`,
    cycle === true && 'cycle',
  ]);
}

/** Sequences and routines of two schemas; only where both catalogs tell of them. */
export function compareSchemaObjects(
  context: CompareContext,
  before: CatalogSchema,
  after: CatalogSchema,
): void {
  if (context.across) return;
  const place = { schema: before.name, relation: null };
  changed(
    context,
    { ...place, object: 'schema', name: null },
    'comment',
    [before.comment, after.comment],
    harmless('a comment only'),
  );
  if (before.sequences !== undefined && after.sequences !== undefined) {
    const pairs = pairBy(before.sequences, after.sequences, ({ name }) => name);
    const at = (name: string) => ({ ...place, object: 'sequence', name }) as const;
    for (const sequence of pairs.removed)
      removed(context, at(sequence.name), sequenceText(sequence), breaking('whoever draws from it fails'));
    for (const sequence of pairs.added)
      added(context, at(sequence.name), sequenceText(sequence), harmless('nobody knows it yet'));
    for (const [old, now] of pairs.both)
      changed(
        context,
        at(old.name),
        'definition',
        [sequenceText(old), sequenceText(now)],
        breaking('it gives other numbers'),
      );
  }
  if (before.routines !== undefined && after.routines !== undefined) {
    const pairs = pairBy(
      before.routines,
      after.routines,
      (routine) => `${routine.name}(${routine.arguments})`,
    );
    const at = (name: string) => ({ ...place, object: 'routine', name }) as const;
    for (const routine of pairs.removed)
      removed(
        context,
        at(`${routine.name}(${routine.arguments})`),
        words([routine.kind, routine.returns !== null && `returns ${routine.returns}`]),
        breaking('whoever calls it fails'),
      );
    for (const routine of pairs.added)
      added(
        context,
        at(`${routine.name}(${routine.arguments})`),
        words([routine.kind, routine.returns !== null && `returns ${routine.returns}`]),
        harmless('nobody knows it yet'),
      );
    for (const [old, now] of pairs.both)
      changed(
        context,
        at(`${old.name}(${old.arguments})`),
        'returns',
        [old.returns, now.returns],
        breaking('callers get another type'),
      );
  }
}
