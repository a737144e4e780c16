import { plural } from '../../../daemon/client/text.ts';
import { writeNewFiles, type WrittenFile } from '../../../daemon/client/writeNewFiles.ts';
import type { StarterPipelines } from '../../../daemon/protocol/catalogMethods.ts';
import { Refusal } from '../failures/refusal.ts';

/** Writes the files that are not there yet. Throws a Refusal if one cannot be written. */
export function writePipelines(projectDir: string, files: StarterPipelines['files']): readonly WrittenFile[] {
  try {
    return writeNewFiles(projectDir, Object.fromEntries(files.map(({ path, text }) => [path, text])));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(`The pipelines cannot be written to ${projectDir}: ${reason}.`, [], 'error');
  }
}

/** `12 pipelines created, 3 were there already; 4 tables have no partner`. */
export function writtenText(written: readonly WrittenFile[], found: StarterPipelines): string {
  const made = written.filter(({ isNew, path }) => isNew && path.endsWith('.pipeline.yaml')).length;
  const kept = found.pairs.length - made;
  const alone = found.only_source.length + found.only_target.length;
  const keptText = kept === 0 ? '' : `, ${kept} ${kept === 1 ? 'was' : 'were'} there already`;
  const aloneText =
    alone === 0 ? '' : `; ${plural(alone, 'table')} ${alone === 1 ? 'has' : 'have'} no partner`;
  return `${plural(made, 'pipeline')} created${keptText}${aloneText}`;
}

/** Which tables found no partner and why, as Markdown for a person to read. */
export function unpairedText(found: StarterPipelines, source: string, target: string): string {
  const section = (connection: string, tables: StarterPipelines['only_source']): string =>
    tables.length === 0
      ? ''
      : `\n## Only in ${inCode(connection)}\n\n${tables
          .map(({ schema, table, reason }) => `- ${inCode(`${schema}.${table}`)}: ${inCode(reason)}\n`)
          .join('')}`;
  return `# Tables without a partner\n${section(source, found.only_source)}${section(target, found.only_target)}`;
}

/** Foreign text as code: as many backticks around it as it needs. */
function inCode(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
