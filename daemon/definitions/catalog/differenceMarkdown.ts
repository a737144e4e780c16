import type { CatalogChange, CatalogDifference } from '../../protocol/catalogDifference.ts';
import { code, countOf, tableRow } from './markdown.ts';

/** The object as a person names it: `public.customer.balance (column)`. */
export function objectName({ object, schema, relation, name }: CatalogChange): string {
  const path = [schema, relation, name].filter((part) => part !== null).join('.');
  return name === null && relation !== null ? path : `${path} (${object.replaceAll('_', ' ')})`;
}

/** What changed in one phrase, without breaking or not: `type: integer -> bigint`. */
export function changeText({ change, property, before, after, confidence }: CatalogChange): string {
  switch (change) {
    case 'added':
      return `added: ${after ?? ''}`;
    case 'removed':
      return `removed: ${before ?? ''}`;
    case 'renamed':
      return `${confidence === undefined ? 'renamed' : `probably renamed (${Math.round(confidence * 100)} %)`}: ${before ?? ''} → ${after ?? ''}`;
    case 'changed':
      return `${property ?? 'changed'}: ${before ?? 'none'} → ${after ?? 'none'}`;
  }
}

/** One line: `5 changes, 2 of them breaking: 1 added, 2 removed, 2 changed`. */
export function summaryText({ summary }: CatalogDifference): string {
  if (summary.changes === 0) return 'no differences';
  const kinds = (['added', 'removed', 'changed', 'renamed'] as const)
    .filter((kind) => summary[kind] > 0)
    .map((kind) => `${summary[kind]} ${kind}`);
  return `${countOf(summary.changes, 'change')}, ${summary.breaking} of them breaking: ${kinds.join(', ')}`;
}

/** The difference as Markdown, for pull requests and wikis. */
export function differenceMarkdown(difference: CatalogDifference): string {
  const { before, after, across_systems: across, changes, compared, not_compared: rest } = difference;
  const side = (name: string, { label, system, version, extracted_at }: typeof before): string =>
    `| ${name} | ${code(label)} | ${system} ${version} | ${extracted_at} |`;
  const lines = [
    '# Catalog difference',
    '',
    `**${summaryText(difference)}** in ${countOf(compared.tables, 'table')}, ${countOf(compared.views, 'view')} and ${countOf(compared.columns, 'column')} compared.`,
    '',
    '| | catalog | system | extracted |',
    '| --- | --- | --- | --- |',
    side('before', before),
    side('after', after),
    ...(across ? ['', 'Two systems: columns are compared by canonical type.'] : []),
    ...changesOf(
      'Breaking changes',
      changes.filter(({ breaking }) => breaking),
    ),
    ...changesOf(
      'Other changes',
      changes.filter(({ breaking }) => !breaking),
    ),
  ];
  if (rest.length > 0) {
    lines.push('', '## Not compared', '');
    for (const { what, reason } of rest) lines.push(`- ${code(what)}: ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}

function changesOf(title: string, changes: readonly CatalogChange[]): string[] {
  if (changes.length === 0) return [];
  return [
    '',
    `## ${title}`,
    '',
    '| object | change | why it matters |',
    '| --- | --- | --- |',
    ...changes.map((change) => tableRow([code(objectName(change)), code(changeText(change)), change.reason])),
  ];
}
