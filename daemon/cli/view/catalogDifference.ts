import picocolors from 'picocolors';
import { visible } from '../../client/text.ts';
import { changeText, summaryText } from '../../definitions/catalog/differenceMarkdown.ts';
import type { CatalogChange, CatalogDifference } from '../../protocol/catalogDifference.ts';
import type { Colors } from '../terminal.ts';

/** A catalog difference for a person: by table, the breaking changes marked with `!` and all with their reason. */
export function renderDifference(
  difference: CatalogDifference,
  options: { readonly colors: Colors; readonly isPlain: boolean },
): string {
  const colors = options.isPlain ? picocolors.createColors(false) : options.colors;
  const { before, after, changes, not_compared: rest } = difference;
  const side = ({ label, system, version, extracted_at }: typeof before): string =>
    visible(`${label} (${system} ${version}, ${extracted_at})`);
  const lines = [`- ${side(before)}`, `+ ${side(after)}`];
  let place: string | undefined;
  for (const change of changes) {
    const here = [change.schema, change.relation].filter((part) => part !== null).join('.');
    if (here !== place) lines.push('', colors.bold(visible(here)));
    place = here;
    lines.push(...changeLines(change, colors));
  }
  if (rest.length > 0) lines.push('', colors.bold('not compared'));
  for (const { what, reason } of rest) lines.push(`  ${visible(what)}: ${visible(reason)}`);
  const summary = summaryText(difference);
  const paint =
    difference.summary.breaking > 0 ? colors.red : changes.length > 0 ? colors.yellow : colors.green;
  return `${[...lines, '', paint(summary)].join('\n')}\n`;
}

function changeLines(change: CatalogChange, colors: Colors): string[] {
  const name = change.name === null ? '' : ` ${change.name}`;
  const mark = change.breaking ? colors.red('!') : colors.dim('·');
  const head = visible(`${change.object.replaceAll('_', ' ')}${name}`);
  return [`  ${mark} ${head}  ${visible(changeText(change))}`, `      ${colors.dim(change.reason)}`];
}
