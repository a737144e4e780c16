import { plural } from '../../../daemon/client/text.ts';
import { isJobEnded, type Job, type Operation } from '../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../daemon/protocol/errors.ts';
import type { Plan, Submitted } from '../../../daemon/protocol/answers.ts';
import type { Services } from '../../platform/services.ts';
import { followJob } from '../followJob.ts';
import type { BatchTask } from './taskDefinition.ts';
import { exitCodeOfError, exitCodeOfJob, taskExitCodes, type TaskExitCode } from './taskExit.ts';
import { diagnosticLines, endedLine, endLines, planLines, stillLine } from './taskText.ts';

export interface TaskHost {
  readonly services: Pick<Services, 'session' | 'jobs'>;
  /** Plans or runs the file, with the values of its secrets. */
  submit(task: BatchTask): Promise<Submitted | Plan>;
  print(line: string): void;
  /** True for what a person did, such as closing a question: there is nothing to report. */
  isDismissal(error: unknown): boolean;
}

/** A task that says nothing for longer looks like one that hangs. */
const heartbeatMs = 30_000;

/** One run of a task: submits, prints what happens, says how it ended. */
export class TaskRun {
  readonly #host: TaskHost;
  readonly #task: BatchTask;
  #jobId: string | undefined;
  #isCancelWanted = false;
  #lastStatus = '';
  #lastLineMs = Date.now();
  #latest: Job | undefined;

  constructor(host: TaskHost, task: BatchTask) {
    this.#host = host;
    this.#task = task;
  }

  /** Never rejects. */
  async run(): Promise<TaskExitCode> {
    try {
      const answer = await this.#host.submit(this.#task);
      this.#print(...answer.diagnostics.flatMap(diagnosticLines));
      if ('dry_run' in answer) {
        this.#print(...planLines(answer));
        return taskExitCodes.completed;
      }
      return await this.#follow(answer);
    } catch (error) {
      if (!this.#host.isDismissal(error)) return this.#fail(error);
      this.#print('Cancelled: nothing was run.');
      return taskExitCodes.cancelled;
    }
  }

  /** Asks the daemon to cancel the job; before there is one, as soon as there is. */
  async cancel(): Promise<void> {
    this.#isCancelWanted = true;
    if (this.#jobId === undefined || (this.#latest !== undefined && isJobEnded(this.#latest.status))) return;
    this.#print('Cancelling: what runs is being ended.');
    try {
      await this.#host.services.session.call('jobs/cancel', { job_id: this.#jobId });
    } catch (error) {
      // It ended in this moment.
      if (!ApiError.is(error, 'conflict')) this.#print(`Cancelling failed: ${messageOf(error)}`);
    }
  }

  async #follow({ job_id: jobId, total_operations: total }: Submitted): Promise<TaskExitCode> {
    this.#jobId = jobId;
    this.#print(`Job ${jobId}: ${plural(total, 'operation')}`);
    if (this.#isCancelWanted) await this.cancel();
    const failed: Operation[] = [];
    let endedCount = 0;
    const heartbeat = setInterval(() => this.#beat(), heartbeatMs / 10);
    try {
      const job = await followJob(this.#host.services, jobId, {
        running: () => undefined,
        changed: (latest) => this.#changed(latest),
        ended: (operations) => {
          for (const operation of operations) {
            endedCount += 1;
            this.#print(endedLine(operation, endedCount, total));
            if (operation.status === 'failed') failed.push(operation);
          }
        },
      });
      this.#print(...endLines(job, failed));
      return exitCodeOfJob(job.status);
    } finally {
      clearInterval(heartbeat);
    }
  }

  #changed(job: Job): void {
    this.#latest = job;
    if (job.status === this.#lastStatus) return;
    if (job.status === 'paused' || (this.#lastStatus === 'paused' && job.status === 'running')) {
      this.#print(`job ${job.status}`);
    }
    this.#lastStatus = job.status;
  }

  #beat(): void {
    if (this.#latest === undefined || Date.now() - this.#lastLineMs < heartbeatMs) return;
    this.#print(stillLine(this.#latest));
  }

  #fail(error: unknown): TaskExitCode {
    const exitCode = exitCodeOfError(error);
    const data = error instanceof ApiError ? error.data : undefined;
    const diagnostics = data?.diagnostics ?? [];
    if (diagnostics.length > 0) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
      this.#print(...diagnostics.flatMap(diagnosticLines));
      this.#print('', `${plural(Math.max(1, errors), 'error')}; nothing was run.`);
      return exitCode;
    }
    this.#print(`error: ${messageOf(error)}`);
    if (data?.hint !== undefined) this.#print(`hint: ${data.hint}`);
    return exitCode;
  }

  #print(...lines: readonly string[]): void {
    this.#lastLineMs = Date.now();
    for (const line of lines) this.#host.print(line);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
