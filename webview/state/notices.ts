import type { PageNotice } from '../protocol/messages.ts';

export interface Notice {
  readonly id: number;
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
  /** The job it is about, offered to be looked at. */
  readonly jobId?: string;
  /** Buttons that the extension acts on, and what it calls the notice. */
  readonly actions?: readonly string[];
  readonly hostId?: number;
}

/** A notice of the extension: while the page is seen, it stands here and nowhere else. */
export function noticeOf({ notice_id, severity, text, job_id, actions }: PageNotice): Omit<Notice, 'id'> {
  return { severity, text, ...(job_id !== null && { jobId: job_id }), actions, hostId: notice_id };
}

/** What went wrong and what asks for something is not read by being looked at. */
export function isToBeAnswered({ severity, actions = [] }: Pick<Notice, 'severity' | 'actions'>): boolean {
  return severity === 'error' || actions.length > 0;
}

/** More would be read by nobody: the oldest that waits is left out. */
const longestQueue = 5;
let lastId = 0;

/** One is shown at a time; the same words are not said twice in a row. */
export function pushNotice(queue: readonly Notice[], notice: Omit<Notice, 'id'>): readonly Notice[] {
  if (queue.at(-1)?.text === notice.text) return queue;
  lastId += 1;
  const [shown, ...waiting] = [...queue, { ...notice, id: lastId }];
  return shown === undefined ? [] : [shown, ...waiting.slice(-(longestQueue - 1))];
}

export function dismissNotice(queue: readonly Notice[], id: number): readonly Notice[] {
  return queue.filter((notice) => notice.id !== id);
}
