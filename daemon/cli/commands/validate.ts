import type { Command } from 'commander';
import type { MethodInput } from '../../protocol/methods.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { addOneOffOptions, projectFolder, runOneOff, type OneOffOptions } from '../oneOff.ts';
import { collectList } from '../options.ts';

interface ValidateOptions extends OneOffOptions {
  readonly all?: boolean;
  readonly sourceConnection?: string;
  readonly sourceTable?: string;
  readonly sourceQuery?: string;
  readonly sourceWhere?: string;
  readonly targetConnection?: string;
  readonly targetTable?: string;
  readonly targetQuery?: string;
  readonly targetWhere?: string;
  readonly keys?: string[];
  readonly columnMap?: string[];
  readonly exclude?: string[];
  readonly checks?: string[];
}

type PipelineItem = MethodInput<'pipelines/bulkExecute'>['pipelines'][number];

/** `ombudsman validate PIPELINE_ID… | --all | --source-connection … --target-connection …`: without a batch file. */
export function addValidateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('validate')
    .description('run pipelines of the project by their ids, or compare two tables without a file')
    .argument('[pipeline_id...]')
    .option('--all', 'all pipelines of the project, as one operation')
    .option('--source-connection <name>', 'compare without a pipeline file: where the source is')
    .option('--source-table <table>', 'table, schema.table or file')
    .option('--source-query <sql>', 'a SELECT instead of a table')
    .option('--source-where <sql>', 'only these rows of the table')
    .option('--target-connection <name>', 'where the target is')
    .option('--target-table <table>', 'default: the table of the source')
    .option('--target-query <sql>', 'a SELECT instead of a table')
    .option('--target-where <sql>', 'only these rows of the table')
    .option('--keys <columns>', 'columns that identify a row (comma separated)', collectList)
    .option('--column-map <pairs>', 'source=target names of columns (comma separated)', collectList)
    .option('--exclude <columns>', 'columns to leave out (comma separated)', collectList)
    .option(
      '--checks <names>',
      'checks without parameters (comma separated); default: the starter set',
      collectList,
    );
  addOneOffOptions(command).action(async (pipelineIds: string[], options: ValidateOptions) => {
    if (options.all === true) return validateAll(command, context, pipelineIds, options);
    const pipelines = chosenPipelines(pipelineIds, options);
    return runOneOff({ context, command, method: 'pipelines/bulkExecute', needsProject: true }, options, {
      pipelines,
    });
  });
}

const sideNames = ['sourceTable', 'sourceQuery', 'targetConnection', 'targetTable', 'targetQuery'] as const;

function chosenPipelines(pipelineIds: readonly string[], options: ValidateOptions): PipelineItem[] {
  const isPlaced = options.sourceConnection !== undefined;
  if (isPlaced && pipelineIds.length > 0) {
    throw new UsageError('Give either pipeline ids or --source-connection and --target-connection.');
  }
  if (isPlaced) return [placedPipeline(options)];
  if (sideNames.some((name) => options[name] !== undefined)) {
    throw new UsageError('A comparison without a pipeline file needs --source-connection.');
  }
  if (pipelineIds.length === 0) {
    throw new UsageError(
      'Which pipelines?',
      'Give one pipeline_id or more, or --all, or --source-connection, --source-table and --target-connection.',
    );
  }
  return pipelineIds.map((pipeline_id) => ({ pipeline_id }));
}

function columnMap(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const [source, target, more] = pair.split('=');
      if (!source || !target || more !== undefined) {
        throw new UsageError(`--column-map takes source=target, not "${pair}".`);
      }
      return [source, target];
    }),
  );
}

function placedPipeline(options: ValidateOptions): PipelineItem {
  const { sourceConnection, sourceTable, targetConnection = sourceConnection } = options;
  const hasTarget = (options.targetTable ?? options.targetQuery) !== undefined;
  const targetTable = hasTarget ? options.targetTable : sourceTable;
  const pipeline = {
    source: side(sourceConnection, sourceTable, options.sourceQuery, options.sourceWhere),
    target: side(targetConnection, targetTable, options.targetQuery, options.targetWhere),
    keys: options.keys,
    column_map: columnMap(options.columnMap),
    exclude: options.exclude,
    checks: options.checks,
  };
  const name = (connection: string | undefined, table: string | undefined) =>
    `${connection}.${table ?? '(query)'}`;
  const id = `${name(sourceConnection, sourceTable)} = ${name(targetConnection, targetTable)}`;
  return { pipeline_id: id.replace(/[/\\]/g, ':'), pipeline: withoutUndefined(pipeline) };
}

function side(connection?: string, table?: string, query?: string, where?: string): Record<string, unknown> {
  return withoutUndefined({ connection, table, query, where });
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

async function validateAll(
  command: Command,
  context: CliContext,
  pipelineIds: readonly string[],
  options: ValidateOptions,
): Promise<void> {
  if (pipelineIds.length > 0) throw new UsageError('Give either pipeline ids or --all.');
  const dir = await projectFolder(context, options.project);
  return runOneOff({ context, command, method: 'projects/multiValidate', needsProject: true }, options, {
    projects: [{ project: dir ?? context.cwd }],
  });
}
