import { formatCount } from '../../daemon/client/text.ts';
import type { CatalogEntry, CatalogObject, KnownSchemas } from '../platform/services.ts';
import { kindWords, partLines, referenceOf, rowsText, type PartLine } from './catalogItems.ts';
import { facts, formatAgo, short } from './format.ts';
import { escapeMarkdown, paragraphs } from './markdown.ts';

type Column = CatalogObject['table']['columns'][number];

/** What the hover of a connection says of its catalog. */
export function catalogTooltip(catalog: KnownSchemas, nowMs: number): string {
  const system = escapeMarkdown(`${catalog.system} ${short(catalog.version, 60)}`);
  return paragraphs(
    `Catalog of ${system}, extracted ${formatAgo(catalog.extracted_at, nowMs)}`,
    catalog.unreadable > 0 &&
      `$(warning) ${formatCount(catalog.unreadable)} could not be read: the result of the extraction names them.`,
  );
}

export function schemaTooltip(schema: KnownSchemas['schemas'][number]): string {
  return paragraphs(`**${escapeMarkdown(schema.name)}**`, commentOf(schema.comment));
}

/** Of a table that was not opened yet, what its line says. */
export function relationTooltip(entry: CatalogEntry, object: CatalogObject | undefined): string {
  const references = object === undefined ? [] : partLines(object, 'keys').filter(isReference);
  return paragraphs(
    `**${escapeMarkdown(`${entry.schema}.${entry.name}`)}** · ${kindWords(entry.kind).toLowerCase()}`,
    facts(`${formatCount(entry.columns)} columns`, rowsText(entry.row_count)),
    references.map(({ description }) => `- ${escapeMarkdown(description)}`).join('\n'),
    commentOf(entry.comment),
  );
}

const isReference = ({ icon }: PartLine): boolean => icon === 'references' || icon === 'question';

export function columnTooltip(object: CatalogObject, column: Column): string {
  const { name, native_type, canonical_type, nullable, identity, generated, collation, profile } = column;
  const reference = referenceOf(object, name);
  const lines = [
    `Type: ${escapeMarkdown(native_type)}${canonical_type === native_type.toLowerCase() ? '' : ` (${escapeMarkdown(canonical_type)})`}`,
    nullable === null ? '' : nullable ? 'NULL is allowed' : 'Never NULL',
    column.default === null ? '' : `Default: ${escapeMarkdown(short(column.default))}`,
    identity === null ? '' : `Identity: ${identity.replaceAll('_', ' ')}`,
    generated === null
      ? ''
      : `Generated${generated.stored ? ', stored' : ''}: ${escapeMarkdown(short(generated.expression))}`,
    collation === null ? '' : `Collation: ${escapeMarkdown(collation)}`,
    reference === undefined
      ? ''
      : `${reference.isGuess ? 'Refers, by its name and type, to' : 'Refers to'} ${escapeMarkdown(reference.to)}`,
    ...(profile === undefined ? [] : profileLines(profile)),
  ].filter((line) => line !== '');
  return paragraphs(
    `**${escapeMarkdown(name)}**`,
    lines.map((line) => `- ${line}`).join('\n'),
    commentOf(column.comment),
  );
}

function profileLines({ nulls, distinct, min, max }: NonNullable<Column['profile']>): string[] {
  return [
    `${formatCount(nulls)} NULL${distinct === null ? '' : `, ${formatCount(distinct)} distinct`}`,
    min === null || max === null
      ? ''
      : `From ${escapeMarkdown(short(min, 80))} to ${escapeMarkdown(short(max, 80))}`,
  ];
}

export function partTooltip({ words, label, description }: PartLine): string {
  return paragraphs(`${words} **${escapeMarkdown(label)}**`, escapeMarkdown(description));
}

function commentOf(comment: string | null): string | false {
  return comment !== null && comment !== '' && escapeMarkdown(short(comment, 400));
}
