import { isAbsolute, join } from 'node:path';
import type { ParameterValues } from '../../../daemon/protocol/files/batch.ts';

/** What a task says, in tasks.json or as this extension offers it. `daemon/definitions` checks the file itself. */
export interface BatchTask {
  /** Absolute. */
  readonly file: string;
  readonly parameters: ParameterValues | undefined;
  readonly isDryRun: boolean;
}

/** Reads the definition of a task; a text says what is wrong with it. `folder`: what a relative file is relative to. */
export function readTaskDefinition(
  definition: Readonly<Record<string, unknown>>,
  folder: string | undefined,
): BatchTask | string {
  const { file, parameters, dryRun } = definition;
  if (typeof file !== 'string' || file === '') {
    return '"file" must be the path of a batch file, for example "daily.batch.yaml".';
  }
  if (!isAbsolute(file) && folder === undefined) {
    return `"file" must be an absolute path here, because this task belongs to no workspace folder: ${file}`;
  }
  if (dryRun !== undefined && typeof dryRun !== 'boolean') return '"dryRun" must be true or false.';
  if (parameters !== undefined && !isParameters(parameters)) {
    return '"parameters" must be an object of texts, numbers, true or false.';
  }
  return {
    file: isAbsolute(file) ? file : join(folder ?? '', file),
    parameters,
    isDryRun: dryRun === true,
  };
}

function isParameters(value: unknown): value is ParameterValues {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => ['string', 'number', 'boolean'].includes(typeof each))
  );
}
