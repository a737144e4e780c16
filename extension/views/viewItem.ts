import type { JobStatus, OperationStatus } from '../../daemon/protocol/entities.ts';
import type { WorkspacePipeline } from '../../daemon/protocol/language.ts';
import type { CheckStatus } from '../../daemon/protocol/results.ts';

export interface ItemIcon {
  readonly id: string;
  readonly color?: string;
}

export interface FilePlace {
  /** Absolute path. */
  readonly file: string;
  readonly range?: WorkspacePipeline['range'];
}

/** A line of a tree as plain data: everything VS Code shows of it, apart from what a hover asks for. */
export interface ViewItem {
  /** The same as long as it is the same thing: selection and expansion hang on it. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon?: ItemIcon;
  /** Tokens that the `when` clauses of the manifest look for, with blanks between. */
  readonly contextValue: string;
  /** Says in words what icon and colour say. */
  readonly accessibilityLabel: string;
  readonly children: 'none' | 'collapsed' | 'expanded';
  readonly command?: { readonly command: string; readonly title: string; readonly arguments: unknown[] };
  /** What a click opens instead of running a command. */
  readonly open?: FilePlace;
  /** Plain text. Left out: resolved when somebody hovers. */
  readonly tooltip?: string;
}

const queued = { id: 'clock', color: 'testing.iconQueued' };
const passed = { id: 'pass', color: 'testing.iconPassed' };
const failed = { id: 'error', color: 'testing.iconFailed' };
const left = { id: 'circle-slash', color: 'testing.iconSkipped' };
const warned = { id: 'warning', color: 'problemsWarningIcon.foreground' };
export const runningIcon: ItemIcon = { id: 'sync~spin', color: 'charts.blue' };
/** What ran when the daemon was last heard of: nothing spins that nobody watches. */
export const unheardIcon: ItemIcon = { id: 'sync-ignored', color: 'disabledForeground' };
export const stoppingIcon: ItemIcon = { id: 'loading~spin', color: 'problemsWarningIcon.foreground' };
/** A file that does not run because of what stands in it. */
export const mistakesIcon: ItemIcon = { id: 'error', color: 'problemsErrorIcon.foreground' };
export const neverRunIcon: ItemIcon = { id: 'circle-large-outline', color: 'disabledForeground' };
export const loadingIcon: ItemIcon = { id: 'loading~spin' };

export const jobIcons: Readonly<Record<JobStatus, ItemIcon>> = {
  pending: queued,
  running: runningIcon,
  paused: { id: 'debug-pause', color: 'charts.yellow' },
  completed: passed,
  partial_success: warned,
  failed,
  cancelled: left,
};

export const operationIcons: Readonly<Record<OperationStatus, ItemIcon>> = {
  pending: queued,
  running: runningIcon,
  completed: passed,
  failed,
  skipped: { id: 'debug-step-over', color: 'testing.iconSkipped' },
  cancelled: left,
};

export const checkIcons: Readonly<Record<CheckStatus, ItemIcon>> = {
  passed,
  failed,
  warning: warned,
  skipped: { id: 'debug-step-over', color: 'testing.iconSkipped' },
  error: { id: 'error', color: 'testing.iconErrored' },
};

const liveStatuses: ReadonlySet<JobStatus> = new Set(['pending', 'running', 'paused']);

/** As `isJobEnded` of the protocol, whose module would make zod a part of what loads at activation. */
export function isEnded(status: JobStatus): boolean {
  return !liveStatuses.has(status);
}

/** The status as a person says it. */
export const jobWords: Readonly<Record<JobStatus, string>> = {
  pending: 'queued',
  running: 'running',
  paused: 'paused',
  completed: 'completed',
  partial_success: 'partial success',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const checkWords: Readonly<Record<CheckStatus, string>> = {
  passed: 'passed',
  failed: 'failed',
  warning: 'warning',
  skipped: 'skipped',
  error: 'could not run',
};
