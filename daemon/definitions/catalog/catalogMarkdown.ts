import type { Catalog, CatalogColumn, CatalogSchema } from '../../protocol/catalog.ts';
import { describeDefault, facts, isView, relationsOf, rowsText, tableNotes } from './catalogText.ts';
import { erDiagram } from './erDiagram.ts';
import { inferForeignKeys } from './inferForeignKeys.ts';
import { code, countOf, plainText, tableRow } from './markdown.ts';

/** The catalog as Markdown with a Mermaid diagram of each schema, for wikis and repositories. */
export function catalogMarkdown(catalog: Catalog): string {
  const lines = [
    `# Catalog of ${code(catalog.connection)}`,
    '',
    `${plainText(`${catalog.system} ${catalog.version}`)}, extracted ${catalog.extracted_at}.`,
    ...catalog.schemas.flatMap(schemaLines),
  ];
  if (catalog.unreadable.length > 0) {
    lines.push('', '## Not read', '');
    for (const { object, reason } of catalog.unreadable)
      lines.push(`- ${code(object)}: ${plainText(reason)}`);
  }
  return `${lines.join('\n')}\n`;
}

function schemaLines(schema: CatalogSchema): string[] {
  const { name, comment, tables, views, sequences = [], routines = [] } = schema;
  const lines = ['', `## Schema ${code(name)}`, ''];
  if (comment !== null) lines.push(plainText(comment), '');
  lines.push(`${countOf(tables.length, 'table')}, ${countOf(views.length, 'view')}.`);
  const diagram = erDiagram(schema);
  if (diagram !== undefined) lines.push('', '```mermaid', diagram, '```');
  const relations = relationsOf(schema);
  if (relations.length > 0)
    lines.push(
      '',
      '| table | kind | columns | rows | comment |',
      '| --- | --- | --: | --: | --- |',
      ...relations.map((relation) =>
        tableRow([
          code(relation.name),
          relation.kind.replaceAll('_', ' '),
          String(relation.columns.length),
          rowsText(relation.row_count),
          plainText(relation.comment ?? ''),
        ]),
      ),
    );
  const inferred = inferForeignKeys(tables);
  for (const relation of relations) {
    lines.push('', `### ${code(`${name}.${relation.name}`)}`, '');
    if (relation.comment !== null) lines.push(plainText(relation.comment), '');
    lines.push(...columnLines(relation.columns));
    const notes = tableNotes(relation, inferred);
    if (notes.length > 0)
      lines.push(
        '',
        ...notes.map(
          ({ what, text, isGuess }) => `- ${what}${isGuess ? ' *(inferred)*' : ''}: ${code(text)}`,
        ),
      );
    if (isView(relation) && relation.definition !== null) lines.push('', ...fenced(relation.definition));
  }
  if (sequences.length > 0)
    lines.push('', '### Sequences', '', ...sequences.map((sequence) => `- ${code(sequence.name)}`));
  if (routines.length > 0)
    lines.push(
      '',
      '### Routines',
      '',
      ...routines.map(
        (each) =>
          `- ${each.kind} ${code(`${each.name}(${each.arguments})${each.returns === null ? '' : `: ${each.returns}`}`)}`,
      ),
    );
  return lines;
}

function columnLines(columns: readonly CatalogColumn[]): string[] {
  return [
    '| column | type | canonical | null | default | notes |',
    '| --- | --- | --- | --- | --- | --- |',
    ...columns.map((column) =>
      tableRow([
        code(column.name),
        code(column.native_type),
        code(column.canonical_type),
        column.nullable === null ? '' : column.nullable ? 'yes' : 'no',
        column.default === null ? '' : code(column.default),
        [describeDefault(column), column.comment ?? '', ...facts(column.profile)]
          .filter((part) => part !== '')
          .map(plainText)
          .join('; '),
      ]),
    ),
  ];
}

/** A block that no run of backticks in the text can end. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sql`, text.trim(), fence];
}
