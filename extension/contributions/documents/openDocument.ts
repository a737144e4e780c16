/** The read-only documents of jobs: each function makes the URI that says what to show, and opens it. */
import * as vscode from 'vscode';
import { isJobEnded, type Job, type Operation } from '../../../daemon/protocol/entities.ts';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import type { Services } from '../../platform/services.ts';
import { differingChecks, type DifferingCheck } from './differingChecks.ts';
import { documentPath, documentQuery, documentScheme, type DocumentAddress } from './documentUri.ts';
import { fileLink } from './fileLink.ts';
import { KeptTexts } from './keptTexts.ts';
import { renderPlan } from './planText.ts';

/** The plan of a dry run. It stays what it was: nothing updates it. */
export async function openPlan(services: Services, plan: Plan): Promise<vscode.Uri> {
  const text = renderPlan(plan, (file, line, column) => fileLink(file, { line, column }));
  return openKept(services, text, `${plan.job_name} plan.yaml`);
}

/** A report in Markdown. */
export async function openDoctor(services: Services, report: string): Promise<vscode.Uri> {
  return openKept(services, report, 'Doctor.md');
}

/** The log of a job or of one operation; it goes on while the job runs. */
export async function openJobLog(
  services: Services,
  jobId: string,
  operationId?: string,
): Promise<vscode.Uri> {
  const job = await jobOf(services, jobId);
  const title =
    operationId === undefined ? job.job_name : (await operationOf(services, jobId, operationId)).name;
  const uri = uriOf({ kind: 'log', jobId, ...(operationId !== undefined && { operationId }) }, title);
  const editor = await vscode.window.showTextDocument(uri, { preview: true });
  // What happens now happens at the end; who looks at a job that has ended begins where it began.
  if (!isJobEnded(job.status)) {
    const end = editor.document.lineAt(editor.document.lineCount - 1).range;
    editor.selection = new vscode.Selection(end.start, end.start);
    editor.revealRange(end);
  }
  return uri;
}

/** Everything about one operation. */
export async function openOperation(
  services: Services,
  jobId: string,
  operationId: string,
): Promise<vscode.Uri> {
  const { name } = await operationOf(services, jobId, operationId);
  const uri = uriOf({ kind: 'operation', jobId, operationId }, name);
  await vscode.window.showTextDocument(uri, { preview: true });
  return uri;
}

/**
 * The differing rows of an operation, side by side. Asks which check if several have some; an operation without any opens as
 * a whole, for it says what was expected. Undefined if a person chose none.
 */
export async function openDifferences(
  services: Services,
  jobId: string,
  operationId: string,
): Promise<vscode.Uri | undefined> {
  const operation = await operationOf(services, jobId, operationId, 'full');
  const checks = differingChecks(operation.result);
  if (checks.length === 0) return openOperation(services, jobId, operationId);
  const chosen = checks.length === 1 ? checks[0] : await pickCheck(operation, checks);
  if (chosen === undefined) return undefined;
  const { pipelineId, check } = chosen;
  const address = {
    kind: 'differences' as const,
    jobId,
    operationId,
    check: check.name,
    ...(pipelineId !== undefined && { pipelineId }),
  };
  const title = `${pipelineId ?? operation.name} ${check.name}`;
  const source = uriOf({ ...address, side: 'source' }, title);
  const target = uriOf({ ...address, side: 'target' }, title);
  await vscode.commands.executeCommand('vscode.diff', source, target, `${title} (source ↔ target)`, {
    preview: true,
  });
  return source;
}

async function pickCheck(
  operation: Operation,
  checks: readonly DifferingCheck[],
): Promise<DifferingCheck | undefined> {
  const items = checks.map((differing) => ({
    label: differing.check.name,
    description: differing.pipelineId,
    detail: differing.counts,
    differing,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Differences of ${operation.name}`,
    placeHolder: 'Several checks found differing rows: choose one',
    matchOnDescription: true,
  });
  return picked?.differing;
}

function uriOf(address: DocumentAddress, title: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: documentScheme,
    path: documentPath(address, title),
    query: documentQuery(address),
  });
}

async function openKept(services: Services, text: string, title: string): Promise<vscode.Uri> {
  const fingerprint = await new KeptTexts(services).keep(text);
  const uri = uriOf({ kind: 'text', fingerprint }, title);
  // Several plans may be opened one after the other: each keeps its tab.
  await vscode.window.showTextDocument(uri, { preview: false });
  return uri;
}

async function jobOf({ jobs, session }: Services, jobId: string): Promise<Job> {
  return jobs.jobs.get(jobId) ?? (await session.call('jobs/get', { job_id: jobId }));
}

async function operationOf(
  { jobs, session }: Services,
  jobId: string,
  operationId: string,
  detail: 'full' | 'summary' = 'summary',
): Promise<Operation> {
  const known = detail === 'summary' ? jobs.operation(jobId, operationId) : undefined;
  if (known !== undefined) return known;
  const { operations } = await session.call('jobs/operations', {
    job_id: jobId,
    operation_ids: [operationId],
    detail,
  });
  const [operation] = operations;
  if (operation === undefined) throw new Error(`Job ${jobId} has no operation ${operationId}.`);
  return operation;
}
