import { basename } from 'node:path';
import { DaemonUnreachableError } from '../../../daemon/client/errors.ts';
import { ApiError, type Diagnostic } from '../../../daemon/protocol/errors.ts';
import { SessionError } from '../../platform/sessionError.ts';
import { sentence, stopped } from '../words.ts';
import type { CommandFollowUp, Severity } from '../../platform/services.ts';
import { Dismissed, Refusal } from './refusal.ts';

/** What to tell a person about something thrown. */
export interface FailureNotice {
  readonly severity: Severity;
  /** One line: what happened and what to do. */
  readonly message: string;
  readonly followUps: readonly CommandFollowUp[];
  /** Files with mistakes: where the Problems view knows of them, it is opened. */
  readonly files: readonly string[];
  /** Nobody expected this: the stack belongs into the log. */
  readonly isUnexpected: boolean;
}

const showLog: CommandFollowUp = { title: 'Show Log', command: 'ombudsman.showLog' };
const showDaemonLog: CommandFollowUp = { title: 'Show Daemon Log', command: 'ombudsman.showDaemonLog' };
const replaceDaemon: CommandFollowUp = { title: 'Replace Daemon', command: 'ombudsman.restartDaemon' };
export const manageTrust: CommandFollowUp = {
  title: 'Manage Workspace Trust',
  command: 'workbench.trust.manage',
};
const runDoctor: CommandFollowUp = { title: 'Run Doctor', command: 'ombudsman.doctor' };

/** Commands by the methods of the API that hints speak of. */
const titlesOfMethods: Readonly<Record<string, string>> = {
  'jobs/retry': '“Retry Failed Operations”',
  'jobs/rerun': '“Run Again”',
  'jobs/cancel': '“Cancel Job”',
  'jobs/pause': '“Pause Job”',
  'jobs/resume': '“Resume Job”',
  'jobs/delete': '“Delete Job”',
  'jobs/export': '“Export Job”',
  'jobs/log': '“Show Job Log”',
};

const programmersWords = /\b(?:jobs|projects|daemon|events|statistics)\/[a-z]+\b(?![./])|openapi/i;

/** The daemon speaks of its methods to all clients; who sits here has commands. A hint for programmers is left out. */
export function inCommands(hint: string | undefined): string | undefined {
  const words = hint?.replace(/\bjobs\/[a-z]+\b/g, (method) => titlesOfMethods[method] ?? method);
  return words === undefined || programmersWords.test(words) ? undefined : words;
}

/** Null for what needs no message: a person pressed Escape. */
export function describeFailure(error: unknown, title: string): FailureNotice | null {
  if (error instanceof Dismissed || isCancellation(error)) return null;
  if (error instanceof Refusal) {
    const { severity, message, followUps } = error;
    return { severity, message, followUps, files: [], isUnexpected: false };
  }
  if (error instanceof ApiError) return describeApiError(error);
  if (error instanceof SessionError) return describeSessionError(error);
  if (error instanceof DaemonUnreachableError) return expected(error.message, [showDaemonLog, runDoctor]);
  const reason = error instanceof Error ? error.message : String(error);
  return {
    severity: 'error',
    message: `“${title}” failed: ${stopped(reason)}`,
    followUps: [showLog],
    files: [],
    isUnexpected: true,
  };
}

function expected(message: string, followUps: readonly CommandFollowUp[]): FailureNotice {
  return { severity: 'error', message: sentence(message), followUps, files: [], isUnexpected: false };
}

function describeSessionError({ kind, message }: SessionError): FailureNotice {
  switch (kind) {
    case 'untrusted':
      return { ...expected(message, [manageTrust]), severity: 'warning' };
    case 'newer':
      return expected(message, [replaceDaemon, runDoctor]);
    case 'failed':
      return expected(message, [showDaemonLog, runDoctor]);
    case 'stopped':
      return expected(message, []);
  }
}

function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Canceled' || error.name === 'CancellationError');
}

function describeApiError(error: ApiError): FailureNotice {
  const diagnostics = error.data.diagnostics ?? [];
  if (diagnostics.length > 0) return describeDiagnostics(diagnostics);
  const hint = inCommands(error.data.hint);
  const message = [error.message, hint].filter((each) => each !== undefined).map(sentence);
  return expected(message.join(' '), followUpsOf(error));
}

function followUpsOf(error: ApiError): readonly CommandFollowUp[] {
  switch (error.kind) {
    case 'internal_error':
    case 'parse_error':
    case 'invalid_request':
    case 'method_not_found':
    case 'invalid_params':
      return [showDaemonLog, showLog];
    case 'storage_unavailable':
    case 'unauthenticated':
    case 'incompatible_version':
    case 'shutting_down':
      return [showDaemonLog, runDoctor];
    case 'not_found':
    case 'conflict':
    case 'definition_invalid':
    case 'too_large':
    case 'forbidden':
    case 'overloaded':
      return [];
  }
}

/** The first mistake with its place; how many more there are. */
function describeDiagnostics(diagnostics: readonly Diagnostic[]): FailureNotice {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first = diagnostics[0]] = errors;
  if (first === undefined) throw new Error('no diagnostics');
  const others = errors.length - 1;
  // Nobody wrote the lines of a request, so a place in it would send people looking for a file.
  const isInFile = !first.file.startsWith('(');
  const place = isInFile ? `${basename(first.file)}:${first.line}:${first.column}: ` : '';
  const parts = [`${place}${first.message}`, first.hint].filter((each) => each !== undefined);
  const more = others > 0 ? ` (and ${others} more)` : '';
  const open: CommandFollowUp = {
    title: 'Open File',
    command: 'ombudsman.openDefinition',
    args: [first.file, first.line, first.column],
  };
  return {
    severity: 'error',
    message: parts.map(sentence).join(' ') + more,
    followUps: isInFile ? [open] : [],
    files: [...new Set(errors.map(({ file }) => file).filter((file) => !file.startsWith('(')))],
    isUnexpected: false,
  };
}
