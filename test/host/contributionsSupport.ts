import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as vscode from 'vscode';
import { isJobEnded, type Job } from '../../daemon/protocol/entities.ts';
import type { Contributions } from '../../extension/contributions/registerContributions.ts';
import type { Services } from '../../extension/platform/services.ts';
import { shopProject } from '../support/shopProject.ts';
import { activate, until, workspaceFile } from './support.ts';

/** What the extension's parts share, as this window runs it. */
export async function services(): Promise<Services> {
  const { exports } = await activate();
  return (exports as { services: Services }).services;
}

/** What the window runs of documents, tasks and tests. */
export async function contributions(): Promise<Contributions> {
  const { exports } = await activate();
  return (exports as { contributions: Contributions }).contributions;
}

/** A project of its own in the workspace, with two small comparisons of CSV files and programs that print. */
export class Shop {
  readonly dir: string;

  constructor(name: string) {
    this.dir = workspaceFile(name).fsPath;
  }

  file(path: string): string {
    return join(this.dir, path);
  }

  async make(more: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const [path, text] of Object.entries({ ...shopProject, ...more })) {
      await mkdir(dirname(this.file(path)), { recursive: true });
      await writeFile(this.file(path), text);
    }
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }
}

/** A batch of programs: Node with each of these scripts, one after the other. */
export function programs(jobName: string, scripts: readonly string[]): string {
  const operations = scripts.map((script, index) => ({
    name: `program ${index + 1}`,
    type: 'command',
    program: 'node',
    args: ['-e', script],
  }));
  return JSON.stringify({ job_name: jobName, parallel_execution: false, operations });
}

/** Makes a job of a batch file; returns its id. */
export async function submitFile({ session, secrets }: Services, file: string): Promise<string> {
  const answer = await session.call('jobs/submit', {
    file,
    secrets: await secrets.forProject(dirname(file)),
  });
  if ('dry_run' in answer) throw new Error('a plan instead of a job');
  return answer.job_id;
}

/** The job once it has ended. */
export function endOf({ session }: Services, jobId: string): Promise<Job> {
  return until(`the end of job ${jobId}`, async () => {
    const job = await session.call('jobs/get', { job_id: jobId });
    return isJobEnded(job.status) && job;
  });
}

/** Jobs that a test leaves would be in the way of the next one. */
export async function removeJobs({ session }: Services): Promise<void> {
  const { jobs } = await session.call('jobs/list', { limit: 500 });
  for (const { job_id, status } of jobs) {
    if (!isJobEnded(status)) await session.call('jobs/cancel', { job_id });
    await until(`the end of ${job_id}`, async () =>
      isJobEnded((await session.call('jobs/get', { job_id })).status),
    );
    await session.call('jobs/delete', { job_id });
  }
}

/** The text of a document of ours, once it holds this. */
export function textWith(document: vscode.TextDocument, part: string): Promise<string> {
  return until(
    `"${part}" in ${document.uri.path}`,
    () => document.getText().includes(part) && document.getText(),
  );
}
