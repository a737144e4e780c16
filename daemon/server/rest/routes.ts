import { distance } from 'fastest-levenshtein';
import { ApiError } from '../../protocol/errors.ts';
import { methods, type MethodName } from '../../protocol/methods.ts';

/** SSE stands for a GET that streams. */
export type RestVerb = 'GET' | 'POST' | 'DELETE' | 'SSE';
/** What a route leads to: a method of the API, or one of the two documents REST has beside it. */
export type RouteTarget = MethodName | 'health' | 'openapi';

export interface Route {
  readonly target: RouteTarget;
  readonly verb: RestVerb;
  readonly path: string;
  readonly segments: readonly string[];
}

export interface RouteMatch {
  readonly route: Route;
  /** Values of `{name}` segments, percent-decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
}

const route = (target: RouteTarget, verb: RestVerb, path: string): Route => ({
  target,
  verb,
  path,
  segments: path.split('/').slice(1),
});

/** Every REST route, derived from the methods. */
export const routes: readonly Route[] = [
  route('health', 'GET', '/health'),
  route('openapi', 'GET', '/openapi.json'),
  ...(Object.keys(methods) as MethodName[]).flatMap((name) => {
    const { rest } = methods[name];
    return rest === null ? [] : [route(name, rest.verb, rest.path)];
  }),
];

/** The HTTP verb of a route. */
export function httpVerb(verb: RestVerb): 'GET' | 'POST' | 'DELETE' {
  return verb === 'SSE' ? 'GET' : verb;
}

/** A path is known, the verb is not. */
export class VerbError extends Error {
  override readonly name = 'VerbError';
  readonly allow: string;
  constructor(verb: string, path: string, allowed: readonly string[]) {
    const allow = allowed.join(', ');
    super(`${verb} is not possible on ${path}; use ${allow}`);
    this.allow = allow;
  }
}

/**
 * Finds the route of a request; HEAD is answered like GET. `path` is raw, without the query: segments are split before they
 * are decoded, so an encoded slash stays inside its value. Throws ApiError not_found, invalid_request or a VerbError.
 */
export function matchRoute(verb: string, path: string): RouteMatch {
  const segments = path.split('/').slice(1);
  const matching = routes.filter((candidate) => isMatch(candidate.segments, segments));
  if (matching.length === 0) {
    const nearest = nearestRoute(path);
    throw new ApiError('not_found', `there is nothing at ${path}`, {
      hint: `did you mean ${httpVerb(nearest.verb)} ${nearest.path}? All routes stand in GET /openapi.json`,
    });
  }
  const wanted = verb === 'HEAD' ? 'GET' : verb;
  const found = matching.find((candidate) => httpVerb(candidate.verb) === wanted);
  if (found === undefined) {
    throw new VerbError(verb, path, [...new Set(matching.map((candidate) => httpVerb(candidate.verb)))]);
  }
  const pathParams: Record<string, string> = {};
  found.segments.forEach((segment, index) => {
    if (isPlaceholder(segment)) pathParams[segment.slice(1, -1)] = decodeSegment(segments[index] ?? '');
  });
  return { route: found, pathParams };
}

function isPlaceholder(segment: string): boolean {
  return segment.startsWith('{');
}

function isMatch(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (isPlaceholder(part) ? segments[index] !== '' : part === segments[index]))
  );
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError('invalid_request', `${segment} in the path is not percent-encoded UTF-8`, {
      hint: 'encode each path segment as encodeURIComponent does',
    });
  }
}

const longestCompared = 300;

function nearestRoute(path: string): Route {
  const given = path.slice(0, longestCompared);
  const score = (candidate: Route): number => {
    // A value in the place of a placeholder is no difference.
    const filled = candidate.segments.map((part, index) =>
      isPlaceholder(part) ? (given.split('/')[index + 1] ?? part) : part,
    );
    return distance(given, `/${filled.join('/')}`);
  };
  return routes.reduce((best, candidate) => (score(candidate) < score(best) ? candidate : best));
}
