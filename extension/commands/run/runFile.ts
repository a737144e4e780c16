import { basename } from 'node:path';
import { ApiError } from '../../../daemon/protocol/errors.ts';
import { parameterValuesSchema, type ParameterValues } from '../../../daemon/protocol/files/batch.ts';
import type { Plan, Submitted } from '../../../daemon/protocol/answers.ts';
import type { Services } from '../../platform/services.ts';
import { recordOf } from '../arguments.ts';
import { nearestProjectDir } from '../project/paths.ts';
import { projectsOfType } from '../jobs/projectOfJob.ts';
import { askParameters } from './askParameters.ts';
import { batchFileInfo } from './batchFiles.ts';
import { missingParameters } from './parameters.ts';
import { saveDefinitions } from './saveDefinitions.ts';
import { submit } from './submit.ts';

export interface FileRun {
  readonly isDryRun: boolean;
  /** Of the command: a program may pass `{parameters}` after the file, and is then asked for none. */
  readonly args: readonly unknown[];
}

/** Runs or plans a batch file as it stands in the editor. */
export async function runFile(services: Services, file: string, run: FileRun): Promise<Submitted | Plan> {
  const info = await batchFileInfo(services, file);
  // The index knows the files of the workspace, and those only once it has read them.
  const projectDir = info === undefined ? nearestProjectDir(file) : info.project_dir;
  const projectDirs = projectsOfType(services, projectDir, info?.job_type ?? null);
  await saveDefinitions(services, projectDirs, [file]);
  const title = `${run.isDryRun ? 'Dry run' : 'Run'} ${basename(file)}`;
  const send = (parameters: ParameterValues) =>
    submit(services, {
      title,
      method: 'jobs/submit',
      input: { file, parameters, dry_run: run.isDryRun || undefined },
      projectDirs,
    });
  const given = parameterValuesSchema.optional().parse(recordOf(run.args, 1)?.['parameters']);
  if (given !== undefined) return send(given);
  try {
    return await send(await askParameters(title, info?.parameters ?? []));
  } catch (error) {
    // A template outside the workspace, which the index does not know: the daemon says what it lacks.
    const messages = ApiError.is(error, 'definition_invalid')
      ? (error.data.diagnostics ?? []).map(({ message }) => message)
      : [];
    const missing = info === undefined ? missingParameters(messages) : [];
    if (missing.length === 0) throw error;
    return send(await askParameters(title, missing));
  }
}
