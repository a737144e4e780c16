import { formatCount, plural } from '../../daemon/client/text.ts';
import type { CatalogEntry, CatalogObject, KnownSchemas } from '../platform/services.ts';
import { facts, short, spoken } from './format.ts';
import type {
  ColumnNode,
  MoreTablesNode,
  NoCatalogNode,
  RelationNode,
  RelationPart,
  RelationPartNode,
  SchemaNode,
} from './nodes.ts';
import type { ItemIcon, ViewItem } from './viewItem.ts';

type Column = CatalogObject['table']['columns'][number];

const kinds: Readonly<Record<CatalogEntry['kind'], { readonly words: string; readonly icon: string }>> = {
  table: { words: 'Table', icon: 'table' },
  partitioned_table: { words: 'Partitioned table', icon: 'table' },
  partition: { words: 'Partition', icon: 'symbol-array' },
  foreign_table: { words: 'Foreign table', icon: 'link-external' },
  virtual_table: { words: 'Virtual table', icon: 'table' },
  file: { words: 'File', icon: 'file' },
  view: { words: 'View', icon: 'eye' },
  materialized_view: { words: 'Materialized view', icon: 'eye' },
};

export function kindWords(kind: CatalogEntry['kind']): string {
  return kinds[kind].words;
}

const partWords: Readonly<
  Record<RelationPart, { readonly title: string; readonly one: string; readonly icon: string }>
> = {
  keys: { title: 'Keys', one: 'Key', icon: 'key' },
  indexes: { title: 'Indexes', one: 'Index', icon: 'list-ordered' },
  checks: { title: 'Checks', one: 'Check', icon: 'verified' },
  triggers: { title: 'Triggers', one: 'Trigger', icon: 'zap' },
};

/** One key, index … of a table as a line. */
export interface PartLine {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** What it is, in words. */
  readonly words: string;
}

const listOf = (names: readonly string[]): string => `(${names.join(', ')})`;

/** The lines under a table beside its columns; a guess says that it is one. */
export function partLines({ table, inferred_foreign_keys }: CatalogObject, part: RelationPart): PartLine[] {
  const line = (words: string, label: string, description: string, icon: string): PartLine => ({
    words,
    label: short(label, 120),
    description: short(description, 160),
    icon,
  });
  switch (part) {
    case 'keys': {
      if (!('primary_key' in table)) return [];
      const { primary_key: primary, unique_keys, foreign_keys } = table;
      return [
        ...(primary === null
          ? []
          : [line('Primary key', primary.name ?? 'primary key', listOf(primary.columns), 'key')]),
        ...unique_keys.map(({ name, columns }) =>
          line('Unique key', name ?? 'unique', `unique ${listOf(columns)}`, 'symbol-key'),
        ),
        ...foreign_keys.map(({ name, columns, references }) =>
          line(
            'Foreign key',
            name ?? 'foreign key',
            `${listOf(columns)} → ${references.schema}.${references.table} ${listOf(references.columns)}`,
            'references',
          ),
        ),
        ...inferred_foreign_keys.map(({ column, references }) =>
          line(
            'Inferred foreign key',
            'inferred',
            `(${column}) → ${references.table} (${references.column}) · a guess`,
            'question',
          ),
        ),
      ];
    }
    case 'indexes':
      return table.indexes.map(({ name, columns, unique, primary, method, predicate }) => {
        const items = columns.map(({ column, expression, descending }) =>
          descending ? `${column ?? expression ?? ''} desc` : (column ?? expression ?? ''),
        );
        const what = facts(
          listOf(items),
          primary ? 'primary' : unique && 'unique',
          method,
          predicate !== null && `where ${predicate}`,
        );
        return line('Index', name, what, 'list-ordered');
      });
    case 'checks':
      return 'checks' in table
        ? table.checks.map(({ name, expression }) => line('Check', name ?? 'check', expression, 'verified'))
        : [];
    case 'triggers':
      return (table.triggers ?? []).map(({ name, timing, events, enabled }) =>
        line(
          'Trigger',
          name,
          `${timing.replace('_', ' ')} ${events.join(' or ')}${enabled ? '' : ' · disabled'}`,
          'zap',
        ),
      );
  }
}

export function schemaItem(
  node: SchemaNode,
  schema: KnownSchemas['schemas'][number],
  filter: string,
): ViewItem {
  const label = short(node.schema);
  const count = facts(
    schema.tables > 0 && plural(schema.tables, 'table'),
    schema.views > 0 && plural(schema.views, 'view'),
  );
  const description = facts(count === '' ? 'empty' : count, filter !== '' && 'filtered');
  return {
    id: idOf(node, node.schema),
    label,
    description,
    icon: { id: 'symbol-namespace' },
    contextValue: 'schema',
    accessibilityLabel: spoken('Schema', label, '', description),
    children: schema.tables + schema.views > 0 ? 'collapsed' : 'none',
  };
}

export function relationItem(node: RelationNode, entry: CatalogEntry): ViewItem {
  const { words, icon } = kinds[entry.kind];
  const label = short(node.relation);
  const description = facts(
    rowsText(entry.row_count),
    entry.kind === 'table' || entry.kind === 'file' ? false : words.toLowerCase(),
  );
  return {
    id: idOf(node, node.schema, node.relation),
    label,
    description,
    icon: { id: icon },
    contextValue:
      entry.kind === 'view' || entry.kind === 'materialized_view' ? 'relation view' : 'relation table',
    accessibilityLabel: spoken(
      words,
      label,
      '',
      facts(plural(entry.columns, 'column'), rowsText(entry.row_count)),
    ),
    children: 'collapsed',
  };
}

/** `1,234 rows`, `about 1,200 rows`; nothing if nobody knows. */
export function rowsText({ value, method }: CatalogEntry['row_count']): string {
  if (value === null) return '';
  return `${method === 'estimate' ? 'about ' : ''}${plural(value, 'row')}`;
}

export function columnItem(node: ColumnNode, object: CatalogObject, column: Column): ViewItem {
  const label = short(node.column);
  const reference = referenceOf(object, node.column);
  const isPrimary = 'primary_key' in object.table && object.table.primary_key?.columns.includes(node.column);
  const description = facts(
    short(column.native_type, 80),
    column.nullable === false && 'not null',
    reference !== undefined && `→ ${short(reference.to, 80)}${reference.isGuess ? ' (inferred)' : ''}`,
  );
  const state = isPrimary === true ? 'primary key' : reference === undefined ? '' : 'foreign key';
  return {
    id: idOf(node, node.schema, node.relation, 'column', node.column),
    label,
    description,
    icon: columnIcon(isPrimary === true, reference),
    contextValue: 'column',
    accessibilityLabel: spoken('Column', label, state, description),
    children: 'none',
  };
}

function columnIcon(isPrimary: boolean, reference: { readonly isGuess: boolean } | undefined): ItemIcon {
  if (isPrimary) return { id: 'key', color: 'charts.yellow' };
  if (reference === undefined) return { id: 'symbol-field' };
  return { id: reference.isGuess ? 'question' : 'references' };
}

/** Where a column leads: by a constraint, or as names and types suggest. */
export function referenceOf(
  { table, inferred_foreign_keys }: CatalogObject,
  column: string,
): { readonly to: string; readonly isGuess: boolean } | undefined {
  const own =
    'foreign_keys' in table ? table.foreign_keys.find(({ columns }) => columns.includes(column)) : undefined;
  if (own !== undefined) {
    const there = own.references.columns[own.columns.indexOf(column)];
    return { to: `${own.references.table}${there === undefined ? '' : `.${there}`}`, isGuess: false };
  }
  const guess = inferred_foreign_keys.find((each) => each.column === column);
  return guess && { to: `${guess.references.table}.${guess.references.column}`, isGuess: true };
}

export function partItem(node: RelationPartNode, lines: readonly PartLine[]): ViewItem | undefined {
  const { title, icon } = partWords[node.part];
  const id = idOf(node, node.schema, node.relation, node.part, String(node.index ?? ''));
  if (node.index === undefined) {
    const description = formatCount(lines.length);
    return {
      id,
      label: title,
      description,
      icon: { id: icon },
      contextValue: 'relationParts',
      accessibilityLabel: `${title}, ${description}`,
      children: 'collapsed',
    };
  }
  const line = lines[node.index];
  if (line === undefined) return undefined;
  return {
    id,
    label: line.label,
    description: line.description,
    icon: { id: line.icon },
    contextValue: 'relationPart',
    accessibilityLabel: spoken(line.words, line.label, '', line.description),
    children: 'none',
  };
}

export function moreTablesItem(node: MoreTablesNode, hiddenCount: number): ViewItem {
  const description = `${formatCount(hiddenCount)} more`;
  return {
    id: idOf(node, node.schema, 'more'),
    label: 'Show More',
    description,
    icon: { id: 'chevron-down' },
    contextValue: 'moreTables',
    accessibilityLabel: `Show more tables, ${description}`,
    children: 'none',
    command: { command: 'ombudsman.showMore', title: 'Show More', arguments: [node] },
    tooltip: 'To find one of many tables, filter them: see the menu of the connection.',
  };
}

export function noCatalogItem(node: NoCatalogNode): ViewItem {
  const connection = { kind: 'connection', projectDir: node.projectDir, name: node.connection } as const;
  return {
    id: idOf(node, 'none'),
    label: 'No catalog yet: Extract Metadata…',
    description: '',
    icon: { id: 'list-tree' },
    contextValue: 'noCatalog',
    accessibilityLabel: `No catalog of ${short(node.connection)} yet. Extract metadata`,
    children: 'none',
    command: { command: 'ombudsman.extractMetadata', title: 'Extract Metadata', arguments: [connection] },
    tooltip: 'Reads tables, columns, keys and indexes of this connection.',
  };
}

function idOf(node: { readonly projectDir: string; readonly connection: string }, ...path: string[]): string {
  return `catalog/${JSON.stringify([node.projectDir, node.connection, ...path])}`;
}
