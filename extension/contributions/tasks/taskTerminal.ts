import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Dismissed } from '../../commands/failures/refusal.ts';
import { batchFileInfo } from '../../commands/run/batchFiles.ts';
import { projectsOfType } from '../../commands/jobs/projectOfJob.ts';
import { saveDefinitions } from '../../commands/run/saveDefinitions.ts';
import { submit } from '../../commands/run/submit.ts';
import type { Services } from '../../platform/services.ts';
import { readTaskDefinition, type BatchTask } from './taskDefinition.ts';
import { taskExitCodes } from './taskExit.ts';
import { TaskRun } from './taskRun.ts';

const interrupt = '\u0003';
/** Ten thousand operations that end in a moment are a few large messages to the window, not ten thousand small ones. */
const writeAfterMs = 50;
/** VS Code takes what ends with an error within half a second for a terminal that could not be started, and says so. */
const shortestMs = 600;

/** The terminal of a task: its lines, Ctrl+C, and what happens when it is closed. */
export class TaskTerminal implements vscode.Pseudoterminal {
  readonly #services: Services;
  readonly #definition: vscode.TaskDefinition;
  readonly #folder: string | undefined;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;
  #run: TaskRun | undefined;
  #interrupts = 0;
  #openedMs = 0;
  #isOpen = false;
  #unwritten = '';
  #writeTimer: NodeJS.Timeout | undefined;

  constructor(services: Services, definition: vscode.TaskDefinition, folder: string | undefined) {
    this.#services = services;
    this.#definition = definition;
    this.#folder = folder;
  }

  open(): void {
    this.#isOpen = true;
    this.#openedMs = performance.now();
    const task = readTaskDefinition(this.#definition, this.#folder);
    if (typeof task === 'string') {
      this.#print(`error: ${task}`);
      this.#end(taskExitCodes.usage);
      return;
    }
    this.#run = new TaskRun(
      {
        services: this.#services,
        submit: (each) => submitTask(this.#services, each),
        print: (line) => this.#print(line),
        isDismissal: (error) => error instanceof Dismissed,
      },
      task,
    );
    void this.#run.run().then((code) => this.#end(code));
  }

  /** Somebody ended the task or closed its terminal: the job is cancelled, as by Ctrl+C. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    void this.#run?.cancel();
  }

  handleInput(data: string): void {
    if (!data.includes(interrupt) || !this.#isOpen) return;
    this.#interrupts += 1;
    if (this.#interrupts === 1) {
      void this.#run?.cancel();
      this.#print('Press Ctrl+C again to leave at once.');
    } else {
      this.#end(taskExitCodes.cancelled);
    }
  }

  #print(line: string): void {
    this.#unwritten += `${line}\r\n`;
    this.#writeTimer ??= setTimeout(() => this.#write(), writeAfterMs);
  }

  #write(): void {
    clearTimeout(this.#writeTimer);
    this.#writeTimer = undefined;
    if (this.#isOpen && this.#unwritten !== '') this.#writes.fire(this.#unwritten);
    this.#unwritten = '';
  }

  #end(code: number): void {
    if (!this.#isOpen) return;
    this.#write();
    this.#isOpen = false;
    setTimeout(() => this.#closes.fire(code), this.#openedMs + shortestMs - performance.now());
  }
}

async function submitTask(services: Services, task: BatchTask): ReturnType<typeof submit> {
  const { file, parameters, isDryRun } = task;
  const info = await batchFileInfo(services, file);
  const projectDirs = projectsOfType(services, info?.project_dir ?? null, info?.job_type ?? null);
  await saveDefinitions(services, projectDirs, [file]);
  return submit(services, {
    title: `${isDryRun ? 'Dry run' : 'Run'} ${basename(file)}`,
    method: 'jobs/submit',
    input: { file, parameters, dry_run: isDryRun || undefined },
    projectDirs,
  });
}
