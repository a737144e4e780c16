import type { Command } from 'commander';
import type { DaemonClient } from '../../client/connectDaemon.ts';
import type { ComparedOperation, Comparison } from '../../protocol/comparison.ts';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { formatOption, parseJobId } from '../options.ts';
import { renderComparison } from '../view/comparison.ts';

interface CompareOptions {
  readonly all?: boolean;
  readonly format: Format;
}

const pageSize = 1000;

/** `ombudsman jobs compare BEFORE AFTER`: what became worse or better, and what changed in the definition. */
export function addJobsCompareCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('compare')
    .description('compare two runs; exit code 1 if something fails that did not fail before')
    .argument('<before>', 'the earlier job, as "jobs list" shows it', parseJobId)
    .argument('<after>', 'the later job', parseJobId)
    .option('-a, --all', 'operations too of which nothing is to be said')
    .addOption(formatOption());
  command.action(async (before: string, after: string, options: CompareOptions) => {
    const found = await withSession(command, ({ client }) => readComparison(client, before, after));
    const { out } = context.terminal;
    if (options.format === 'json') printJson(context, found);
    else out.write(renderComparison(found, { output: out, all: options.all === true }));
    if (found.operations.some(becameWorse)) context.exitCode = exitCodes.failed;
  });
}

/** It fails now and did not before, because it went well then or was not there. */
function becameWorse({ verdict, after }: ComparedOperation): boolean {
  return verdict === 'newly_failing' || (verdict === 'new' && after?.status === 'failed');
}

async function readComparison(client: DaemonClient, before: string, after: string): Promise<Comparison> {
  const read = (offset: number) => client.call('jobs/compare', { before, after, limit: pageSize, offset });
  const first = await read(0);
  const operations = [...first.operations];
  while (operations.length < first.total) {
    const { operations: more } = await read(operations.length);
    if (more.length === 0) break;
    operations.push(...more);
  }
  return { ...first, operations };
}
