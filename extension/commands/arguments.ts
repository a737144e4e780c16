/**
 * What commands are called with: nodes of trees (clicked, selected), addresses from the explorer and editor titles, paths from
 * code lenses, ids from programs, nothing from the palette. Free of vscode at run time.
 */
import type * as vscode from 'vscode';
import { isNode, nodesOf, type TreeNode } from '../views/nodes.ts';

type Args = readonly unknown[];

const jobIdPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const operationIdPattern = /^op-\d{4,7}$/;

function strings(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each): each is string => typeof each === 'string');
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/**
 * Jobs of nodes, or ids from a program: one or a list of them. Operations that are selected beside jobs do not name theirs: who
 * deletes a job means no other.
 */
export function jobIdsOf(args: Args): string[] {
  const fromNodes = nodesOf('job', args).map(({ jobId }) => jobId);
  const fromProgram = strings(args[0]).filter((text) => jobIdPattern.test(text));
  return unique([...fromNodes, ...fromProgram]);
}

/** The job of whatever a command that only shows things is called with. */
export function jobIdOf(args: Args): string | undefined {
  return jobIdsOf(args)[0] ?? nodesOf('operation', args)[0]?.jobId;
}

export interface OperationRef {
  readonly jobId: string;
  readonly operationId: string;
}

/** Operations of nodes, or (job id, operation id or a list of them) from a program. */
export function operationsOf(args: Args): OperationRef[] {
  const fromNodes = nodesOf('operation', args).map(({ jobId, operationId }) => ({ jobId, operationId }));
  const [jobId] = strings(args[0]);
  if (jobId === undefined || !jobIdPattern.test(jobId)) return fromNodes;
  return strings(args[1])
    .filter((text) => operationIdPattern.test(text))
    .map((operationId) => ({ jobId, operationId }));
}

/** Absolute paths of files: batch file nodes, addresses (the explorer gives the clicked one and the selection), or text. */
export function filesOf(args: Args): string[] {
  const nodes = nodesOf('batchFile', args).map(({ file }) => file);
  if (nodes.length > 0) return unique(nodes);
  const [first, second] = args;
  const isSelection = Array.isArray(second) && second.length > 0 && second.every(isFileUri);
  const uris = isSelection ? second : isFileUri(first) ? [first] : [];
  const texts = strings(first).filter((text) => !jobIdPattern.test(text));
  return unique([...uris.map(({ fsPath }) => fsPath), ...texts]);
}

function isFileUri(value: unknown): value is vscode.Uri {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fsPath' in value &&
    typeof value.fsPath === 'string' &&
    'scheme' in value &&
    value.scheme === 'file'
  );
}

/** The node a command is about, whatever its kind; undefined if it was not called from a tree. */
export function nodeOf(args: Args): TreeNode | undefined {
  return isNode(args[0]) ? args[0] : undefined;
}

/** An object that a program or a code action passes, such as `{project_dir, name, value}`. */
export function recordOf(args: Args, at = 0): Readonly<Record<string, unknown>> | undefined {
  const value = args[at];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isNode(value)) return undefined;
  return isFileUri(value) ? undefined : (value as Record<string, unknown>);
}

export function textOf(
  record: Readonly<Record<string, unknown>> | undefined,
  key: string,
): string | undefined {
  const value = record?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
