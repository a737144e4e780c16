import { Option, type Command } from 'commander';
import { catalogHtml } from '../../definitions/catalog/catalogHtml.ts';
import { catalogMarkdown } from '../../definitions/catalog/catalogMarkdown.ts';
import type { Catalog } from '../../protocol/catalog.ts';
import type { CliContext } from '../context.ts';
import {
  addCatalogSourceOptions,
  snapshotHelp,
  snapshotsFor,
  writeOutput,
  type CatalogSourceOptions,
} from './catalogDiff.ts';

interface ShowOptions extends CatalogSourceOptions {
  readonly format: 'markdown' | 'html' | 'json';
}

const renderers: Readonly<Record<ShowOptions['format'], (catalog: Catalog) => string>> = {
  markdown: catalogMarkdown,
  html: catalogHtml,
  json: (catalog) => `${JSON.stringify(catalog, null, 1)}\n`,
};

/** `ombudsman catalog show NAME`: a catalog for people, as Markdown with diagrams or one HTML page, or its JSON. */
export function addCatalogShowCommand(catalog: Command, context: CliContext): void {
  const command = catalog
    .command('show')
    .description('write a catalog as Markdown with diagrams, as one HTML page, or as its JSON')
    .argument('<catalog>', 'a connection, a job or a file')
    .addOption(
      new Option('--format <format>', 'what is written')
        .choices(['markdown', 'html', 'json'])
        .default('markdown'),
    )
    .addHelpText('after', snapshotHelp);
  addCatalogSourceOptions(command).action(async (name: string, options: ShowOptions) => {
    const { project, schemas, tables, exclude } = options;
    const [shown] = await snapshotsFor(context, command, {
      names: [name],
      project,
      fields: { schemas, tables, exclude },
    });
    if (shown === undefined) throw new Error('the catalog was not loaded');
    writeOutput(context, options.output, renderers[options.format](shown.catalog));
  });
}
