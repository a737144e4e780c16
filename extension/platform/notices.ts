import * as vscode from 'vscode';
import type { FollowUp, Notice, NoticePage, Notices } from './services.ts';

/** Buttons of notices that a page shows are kept for so many of them: older ones are no longer there to be pressed. */
const keptNotices = 20;

/** What a page that shows jobs does itself, with its own button. */
const looks: ReadonlySet<string> = new Set(['ombudsman.showJob', 'ombudsman.showFailures']);

export type NoticeLog = Pick<vscode.LogOutputChannel, 'error' | 'info'>;

/** Every notice of the extension has one place: the dashboard while it is seen, a message of VS Code else. */
export class NoticeBoard implements Notices {
  readonly #log: NoticeLog;
  readonly #followUps = new Map<number, readonly FollowUp[]>();
  /** What the page was given and nobody has read there yet. */
  readonly #unread = new Map<number, Notice>();
  #page: NoticePage | undefined;
  #lastId = 0;

  constructor(log: NoticeLog) {
    this.#log = log;
  }

  attach(page: NoticePage): vscode.Disposable {
    this.#page = page;
    return {
      dispose: () => {
        if (this.#page === page) this.#page = undefined;
      },
    };
  }

  show(notice: Notice): void {
    if (this.#page?.isShown === true) this.#showInPage(this.#page, notice);
    else this.#run(() => showInEditor(notice));
  }

  read(noticeId: number): void {
    this.#unread.delete(noticeId);
  }

  /** To the log: as messages of VS Code, several at once and late, they would lie over what the person has turned to. */
  pageHidden(): void {
    for (const { message } of this.#unread.values()) this.#log.info(`Not read in the dashboard: ${message}`);
    this.#unread.clear();
  }

  act(noticeId: number, action: number): void {
    this.read(noticeId);
    const followUp = this.#followUps.get(noticeId)?.[action];
    if (followUp !== undefined) this.#run(() => follow(followUp));
  }

  #showInPage(page: NoticePage, notice: Notice): void {
    const { severity, message, jobId, followUps = [] } = notice;
    const offered =
      jobId === undefined
        ? followUps
        : followUps.filter((each) => !('command' in each) || !looks.has(each.command));
    this.#lastId += 1;
    this.#followUps.set(this.#lastId, offered);
    this.#unread.set(this.#lastId, notice);
    for (const oldest of this.#followUps.keys()) {
      if (this.#followUps.size <= keptNotices) break;
      this.#followUps.delete(oldest);
    }
    page.show({
      notice_id: this.#lastId,
      severity,
      text: message,
      job_id: jobId ?? null,
      actions: offered.map(({ title }) => title),
    });
  }

  /** Nobody waits: a command that waited would be running for as long as nobody looks. */
  #run(task: () => Promise<unknown>): void {
    task().catch((error: unknown) => this.#log.error(error instanceof Error ? error : String(error)));
  }
}

async function showInEditor({ severity, message, followUps = [] }: Notice): Promise<void> {
  const titles = followUps.map(({ title }) => title);
  const chosen =
    severity === 'error'
      ? await vscode.window.showErrorMessage(message, ...titles)
      : severity === 'warning'
        ? await vscode.window.showWarningMessage(message, ...titles)
        : await vscode.window.showInformationMessage(message, ...titles);
  const followUp = followUps.find(({ title }) => title === chosen);
  if (followUp !== undefined) await follow(followUp);
}

async function follow(followUp: FollowUp): Promise<void> {
  if ('run' in followUp) await followUp.run();
  else await vscode.commands.executeCommand(followUp.command, ...(followUp.args ?? []));
}
