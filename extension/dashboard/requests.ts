import * as vscode from 'vscode';
import type { MethodName } from '../../daemon/protocol/methods.ts';
import type { GivenSecrets } from '../../daemon/protocol/params.ts';
import {
  toHostSchema,
  type RelayedMethod,
  type ToHost,
  type ToPage,
} from '../../webview/protocol/messages.ts';
import { describeFailure, inCommands } from '../commands/failures/describeFailure.ts';
import { secretsOf, secretsOfJob } from '../commands/jobs/projectOfJob.ts';
import type { Services } from '../platform/services.ts';
import { ApiError } from '../../daemon/protocol/errors.ts';
import { exportRows, saveBatchFile } from './files.ts';
import { wayToOpen } from './wayToOpen.ts';

export interface RequestContext {
  readonly services: Services;
  readonly post: (message: ToPage) => void;
  readonly ready: () => Promise<void>;
  readonly watch: (jobId: string | null) => void;
}

/** Methods that make a job of the project they name, or carry one on: these get secrets, which the page never sees. */
const makingMethods: ReadonlySet<MethodName> = new Set<RelayedMethod>([
  'jobs/submit',
  'pipelines/bulkExecute',
  'data/bulkGenerate',
  'metadata/bulkExtract',
  'projects/multiValidate',
]);
const carryingMethods: ReadonlySet<MethodName> = new Set<RelayedMethod>([
  'jobs/resume',
  'jobs/retry',
  'jobs/rerun',
]);

/** Does what the page asks, if it is something a page may ask. What does not fit the protocol is logged and left. */
export async function handleMessage(message: unknown, context: RequestContext): Promise<void> {
  const parsed = toHostSchema.safeParse(message);
  if (!parsed.success) {
    context.services.log.warn(`A message of the dashboard was not understood: ${parsed.error.message}`);
    return;
  }
  const request = parsed.data;
  switch (request.type) {
    case 'ready':
      return context.ready();
    case 'watch':
      return context.watch(request.job_id);
    case 'openArtifact':
      return openArtifact(context.services, request);
    case 'noticeRead':
      return context.services.notices.read(request.notice_id);
    case 'noticeAction':
      return context.services.notices.act(request.notice_id, request.action);
    case 'call':
    case 'command':
    case 'saveBatchFile':
    case 'exportRows':
      return answer(request, context);
  }
}

type Answered = Extract<ToHost, { id: number }>;

async function answer(request: Answered, { services, post }: RequestContext): Promise<void> {
  const { id } = request;
  try {
    post({ type: 'answer', id, result: (await resultOf(request, services)) ?? null });
  } catch (error) {
    const notice = describeFailure(error, 'Dashboard');
    if (notice?.isUnexpected === true) services.log.error('a request of the dashboard failed', error);
    const hint = ApiError.is(error) ? (inCommands(error.data.hint) ?? null) : null;
    const kind = notice === null ? 'dismissed' : ApiError.is(error) ? error.kind : 'failed';
    post({ type: 'failure', id, failure: { kind, message: notice?.message ?? '', hint } });
  }
}

async function resultOf(request: Answered, services: Services): Promise<unknown> {
  switch (request.type) {
    case 'call': {
      const { method, params } = request;
      const input = { ...params, ...(await secretsFor(method, params, services)) };
      // The daemon checks what comes and answers what is wrong with it.
      return services.session.call(method, input);
    }
    case 'command':
      return plain(await vscode.commands.executeCommand(request.command, ...request.args));
    case 'saveBatchFile':
      return saveBatchFile(request);
    case 'exportRows':
      return exportRows(services, request);
  }
}

/** Commands answer for programs; what cannot be sent to a page is not for it. */
function plain(value: unknown): unknown {
  return typeof value === 'object' ? null : value;
}

async function secretsFor(
  method: RelayedMethod,
  params: Record<string, unknown>,
  services: Services,
): Promise<{ secrets?: GivenSecrets }> {
  if (makingMethods.has(method)) {
    const known = (services.workspace.contents?.projects ?? []).map(({ dir }) => dir);
    const { project } = params;
    const dirs = typeof project === 'string' && known.includes(project) ? [project] : known;
    return { secrets: await secretsOf(services, dirs) };
  }
  if (!carryingMethods.has(method) || typeof params.job_id !== 'string') return {};
  const job =
    services.jobs.jobs.get(params.job_id) ??
    (await services.session.call('jobs/get', { job_id: params.job_id }));
  return { secrets: await secretsOfJob(services, job) };
}

/** The path comes from the daemon's own list of artifacts, never from the page. */
async function openArtifact(
  services: Services,
  { job_id, operation_id, artifact_id }: Extract<ToHost, { type: 'openArtifact' }>,
): Promise<void> {
  const { operations } = await services.session.call('jobs/operations', {
    job_id,
    operation_ids: [operation_id],
  });
  const artifact = operations[0]?.artifacts.find((each) => each.artifact_id === artifact_id);
  if (artifact === undefined) {
    services.notices.show({
      severity: 'warning',
      message: 'This artifact is no longer there: its job was deleted or run again.',
    });
    return;
  }
  const uri = vscode.Uri.file(artifact.path);
  switch (wayToOpen(artifact)) {
    case 'text':
      await vscode.commands.executeCommand('vscode.open', uri);
      break;
    case 'differences':
      await vscode.commands.executeCommand('ombudsman.showDifferences', job_id, operation_id);
      break;
    case 'folder':
      await vscode.commands.executeCommand('revealFileInOS', uri);
      break;
  }
}
