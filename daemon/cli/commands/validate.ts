import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { addOneOffOptions, projectFolder, runOneOff, type OneOffOptions } from '../oneOff.ts';

interface ValidateOptions extends OneOffOptions {
  readonly all?: boolean;
}

/** `ombudsman validate PIPELINE_ID… | --all`: pipelines of the project without a batch file. */
export function addValidateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('validate')
    .description('run pipelines of the project by their ids, or all of them')
    .argument('[pipeline_id...]')
    .option('--all', 'all pipelines of the project, as one operation');
  addOneOffOptions(command).action(async (pipelineIds: string[], options: ValidateOptions) => {
    if (options.all === true) return validateAll(command, context, pipelineIds, options);
    if (pipelineIds.length === 0) {
      throw new UsageError('Which pipelines?', 'Give one pipeline_id or more, or --all.');
    }
    return runOneOff({ context, command, method: 'pipelines/bulkExecute', needsProject: true }, options, {
      pipelines: pipelineIds.map((pipeline_id) => ({ pipeline_id })),
    });
  });
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
