import type * as z from 'zod';
import { ApiError } from '../../protocol/errors.ts';
import { methods, type MethodName, type MethodParams } from '../../protocol/methods.ts';

const maxIssues = 50;

/** Checks what a caller sent for a method and fills in defaults. Throws ApiError invalid_params with every issue found. */
export function parseParams<M extends MethodName>(method: M, params: unknown): MethodParams<M> {
  if (Array.isArray(params)) {
    throw new ApiError('invalid_params', `Invalid params: ${method} takes named parameters`, {
      hint: `send params as an object: ${JSON.stringify(Object.fromEntries(parameterNames(method).map((name) => [name, '…'])))}`,
    });
  }
  const parsed = methods[method].params.safeParse(params ?? {});
  if (parsed.success) return parsed.data as MethodParams<M>;
  const issues = parsed.error.issues.flatMap(readIssue).slice(0, maxIssues);
  const [first] = issues;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  throw new ApiError('invalid_params', `Invalid params: ${where}${first?.message ?? 'not as described'}`, {
    issues,
    hint: `${method} takes ${parameterNames(method).join(', ') || 'no parameters'}`,
  });
}

function parameterNames(method: MethodName): string[] {
  return Object.keys(methods[method].params.shape);
}

interface Issue {
  readonly path: string;
  readonly message: string;
}

function readIssue(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that came nearest says most: a person meant one of them and erred once.
    const nearest = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0] ?? [];
    return nearest.flatMap((inner) => readIssue({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  return [{ path: formatPath(issue.path), message: issue.message }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}
