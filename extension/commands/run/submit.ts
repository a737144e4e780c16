import * as vscode from 'vscode';
import { ApiError } from '../../../daemon/protocol/errors.ts';
import type { Plan, Submitted } from '../../../daemon/protocol/answers.ts';
import type { JobMakingMethod, MethodInput } from '../../../daemon/protocol/methods.ts';
import type { GivenSecrets } from '../../../daemon/protocol/params.ts';
import type { Services } from '../../platform/services.ts';
import { secretsOf } from '../jobs/projectOfJob.ts';
import { askOnce } from '../ui/steps.ts';
import { unsetSecrets, type UnsetSecret } from './unsetSecrets.ts';

export interface Making<M extends JobMakingMethod> {
  /** Said while it lasts, and over questions: `Run daily.batch.yaml`. */
  readonly title: string;
  readonly method: M;
  readonly input: MethodInput<M>;
  /** Whose secrets go along. */
  readonly projectDirs: readonly string[];
}

/**
 * Makes a job (or plans it), with the secrets of its projects. Values that are missing are asked for, stored and sent again,
 * unless something else is wrong too. Rejects with what the call rejects with.
 */
export async function submit<M extends JobMakingMethod>(
  services: Services,
  { title, method, input, projectDirs }: Making<M>,
): Promise<Submitted | Plan> {
  const location = vscode.ProgressLocation.Window;
  return withSecrets(services, { title, projectDirs }, (secretsNow) =>
    vscode.window.withProgress({ location, title }, async () =>
      services.session.call(method, { ...input, secrets: await secretsNow() }),
    ),
  );
}

/** Makes a call with the secrets of projects, and makes it again once values that it missed have been asked for and stored. */
export async function withSecrets<T>(
  services: Services,
  { title, projectDirs }: Pick<Making<JobMakingMethod>, 'title' | 'projectDirs'>,
  call: (secretsNow: () => Promise<GivenSecrets>) => PromiseLike<T>,
): Promise<T> {
  const asked = new Set<string>();
  const dirs = new Set(projectDirs);
  for (;;) {
    try {
      return await call(() => secretsOf(services, [...dirs]));
    } catch (error) {
      const missing = secretsMissingIn(error, projectDirs[0] ?? null).filter(
        (secret) => !asked.has(keyOf(secret)),
      );
      if (missing.length === 0) throw error;
      for (const secret of missing) {
        asked.add(keyOf(secret));
        dirs.add(secret.projectDir);
        await askForSecret(services, title, secret);
      }
    }
  }
}

function keyOf({ projectDir, name }: UnsetSecret): string {
  return JSON.stringify([projectDir, name]);
}

function secretsMissingIn(error: unknown, batchProjectDir: string | null): UnsetSecret[] {
  if (!ApiError.is(error, 'definition_invalid')) return [];
  return unsetSecrets(error.data.diagnostics ?? [], batchProjectDir);
}

async function askForSecret(services: Services, title: string, secret: UnsetSecret): Promise<void> {
  const { projectDir, name, message } = secret;
  const value = await askOnce(title, (ask) =>
    ask.input({
      prompt: `${message}. It is kept in the secret storage of VS Code.`,
      placeholder: `Value of ${name}`,
      isPassword: true,
      validate: (text) => (text === '' ? 'Type the value, or press Escape to run nothing' : null),
    }),
  );
  await services.secrets.set(projectDir, name, value);
}
