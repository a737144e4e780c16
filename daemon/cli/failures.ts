import { CommanderError } from 'commander';
import { DaemonUnreachableError, IncompatibleDaemonError } from '../client/errors.ts';
import { ApiError, type RpcErrorData, type RpcErrorKind } from '../protocol/errors.ts';
import { printJson, type CliContext } from './context.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';
import { LostDaemonError } from './follow/follow.ts';
import { fileLines, renderDiagnostic } from './view/diagnostics.ts';
import { plural } from '../client/text.ts';

/** A call of this program that cannot work as it stands: says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** What `--format json` prints instead of a result. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly hint?: string;
  readonly diagnostics?: RpcErrorData['diagnostics'];
  readonly issues?: RpcErrorData['issues'];
}

const exitCodeOfKind: Record<RpcErrorKind, ExitCode> = {
  parse_error: exitCodes.internal,
  invalid_request: exitCodes.internal,
  method_not_found: exitCodes.internal,
  internal_error: exitCodes.internal,
  storage_unavailable: exitCodes.internal,
  invalid_params: exitCodes.usage,
  not_found: exitCodes.usage,
  conflict: exitCodes.usage,
  definition_invalid: exitCodes.usage,
  too_large: exitCodes.usage,
  forbidden: exitCodes.usage,
  unauthenticated: exitCodes.unreachable,
  incompatible_version: exitCodes.unreachable,
  shutting_down: exitCodes.unreachable,
  overloaded: exitCodes.unreachable,
};

/** The daemon speaks of its methods to all clients; who sits at this one types commands. */
function inCommands(hint: string | undefined): string | undefined {
  return hint?.replace(
    /(?<![\w/])jobs\/(list|show|watch|cancel|retry|pause|resume|rerun|delete|export|log)\b/g,
    '"ombudsman jobs $1"',
  );
}

/** Turns whatever was thrown into what to say and what to exit with. */
export function describeFailure(error: unknown): { failure: Failure; exitCode: ExitCode } {
  if (error instanceof ApiError) {
    const { hint, diagnostics, issues } = error.data;
    return {
      failure: { kind: error.kind, message: error.message, hint: inCommands(hint), diagnostics, issues },
      exitCode: exitCodeOfKind[error.kind],
    };
  }
  if (error instanceof UsageError) {
    return {
      failure: { kind: 'usage', message: error.message, hint: error.hint },
      exitCode: exitCodes.usage,
    };
  }
  const isUnreachable =
    error instanceof DaemonUnreachableError ||
    error instanceof IncompatibleDaemonError ||
    error instanceof LostDaemonError;
  if (isUnreachable) {
    return { failure: { kind: 'unreachable', message: error.message }, exitCode: exitCodes.unreachable };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { failure: { kind: 'internal', message }, exitCode: exitCodes.internal };
}

/** Says the failure on stderr (diagnostics with excerpts), or as one JSON document on stdout. */
export function reportFailure(error: unknown, context: CliContext, format: string): void {
  if (error instanceof CommanderError) {
    // Commander has told the person already; --help and --version come this way too.
    const isUsage = error.exitCode !== 0;
    context.exitCode = isUsage ? exitCodes.usage : exitCodes.completed;
    const failure: Failure = { kind: 'usage', message: error.message.replace(/^error: /, '') };
    if (isUsage && format === 'json') printJson(context, { error: failure });
    return;
  }
  const { failure, exitCode } = describeFailure(error);
  context.exitCode = exitCode;
  const { err } = context.terminal;
  const { colors } = err;
  if (format === 'json') printJson(context, { error: failure });
  const diagnostics = failure.diagnostics ?? [];
  const lines = fileLines();
  for (const diagnostic of diagnostics) {
    err.write(`${renderDiagnostic(diagnostic, { cwd: context.cwd, lines, colors })}\n`);
  }
  if (diagnostics.length > 0) {
    // The message and the hint are those of the first diagnostic, which has just been told.
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    err.write(`\n${colors.red(plural(Math.max(1, errors), 'error'))}; nothing was run.\n`);
    return;
  }
  err.write(`${colors.red('error:')} ${failure.message}\n`);
  const issues = (failure.issues ?? []).filter(({ message }) => !failure.message.includes(message));
  for (const issue of issues) err.write(`  ${issue.path}: ${issue.message}\n`);
  if (failure.hint !== undefined) err.write(`${colors.cyan('hint:')} ${failure.hint}\n`);
}
