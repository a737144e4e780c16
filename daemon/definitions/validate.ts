/** zod issues -> diagnostics a person can act on, at the exact place in the file. */
import type * as z from 'zod';
import type { Diagnostic } from '../protocol/errors.ts';
import {
  maxProblems,
  problemAt,
  type Part,
  type Path,
  type Problem,
  type SourceDocument,
} from './document.ts';
import { describeValue, isSecretPlace, pathText, valueAt } from './values.ts';
import { knownKeys, schemaAt } from './schemaWalk.ts';
import { didYouMean, listed, nearest, orList } from './suggest.ts';

type Issue = z.core.$ZodIssue;

export interface ValidateOptions {
  /** Where in the document the value stands; default: the root. */
  readonly at?: Path;
  /** The value to check, if it is not what stands in the document at `at`. */
  readonly value?: unknown;
  /** Issues at these places (JSON of the path) are not told: their values are not known yet. */
  readonly unknownAt?: ReadonlySet<string>;
}

/** Parses a value of the document with a schema: the data, or null, and a diagnostic for every issue. */
export function validate<S extends z.ZodType>(
  document: SourceDocument,
  schema: S,
  options: ValidateOptions = {},
): { data: z.output<S> | null; diagnostics: Diagnostic[] } {
  const base = options.at ?? [];
  const value = 'value' in options ? options.value : valueAt(document.value, base);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data, diagnostics: [] };
  const context: Context = { document, schema, base, value };
  const diagnostics: Diagnostic[] = [];
  for (const issue of parsed.error.issues) {
    if (options.unknownAt?.has(JSON.stringify([...base, ...issue.path]))) continue;
    diagnostics.push(...explain(context, issue, issue.path as Path));
    if (diagnostics.length > maxProblems) {
      const message = `only the first ${maxProblems} problems are listed`;
      diagnostics.splice(maxProblems);
      diagnostics.push(problemAt(document, base, 'key', { code: 'more_problems', message }));
      break;
    }
  }
  return { data: null, diagnostics: withoutRepeats(diagnostics) };
}

/** `conection:` is one mistake: where a mistyped key is told, the key it stands for is not told missing too. */
function withoutRepeats(diagnostics: Diagnostic[]): Diagnostic[] {
  const meant = new Set(
    diagnostics.flatMap(({ code, message, suggestions }) =>
      code === 'unknown_key'
        ? [`${message.slice(message.indexOf(' in ') + 4)} ${suggestions?.[0] ?? ''}`]
        : [],
    ),
  );
  return diagnostics.filter(({ code, message }) => {
    const [, place, key] = /^(.*) needs "(.*)"$/.exec(message) ?? [];
    return code !== 'missing_key' || !meant.has(`${place ?? ''} ${key ?? ''}`);
  });
}

interface Context {
  readonly document: SourceDocument;
  readonly schema: z.ZodType;
  readonly base: Path;
  readonly value: unknown;
}

function at(context: Context, path: Path, part: Part, problem: Problem): Diagnostic {
  return problemAt(context.document, [...context.base, ...path], part, problem);
}

function explain(context: Context, issue: Issue, path: Path): Diagnostic[] {
  const value = valueAt(context.value, path);
  if (value === undefined && path.length > 0 && issue.code !== 'unrecognized_keys') {
    return [missing(context, path, issue)];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      // One more than is listed: a file may have a hundred thousand of them.
      return issue.keys.slice(0, maxProblems + 1).map((key) => unknownKey(context, path, key));
    case 'invalid_union':
      return union(context, issue, path, value);
    case 'invalid_key': {
      const said = issue.issues[0]?.message ?? issue.message;
      const message = `"${String(path.at(-1))}" cannot be a name here: ${said}`;
      return [at(context, path, 'key', { code: 'invalid_value', message })];
    }
    default:
      return [at(context, path, 'value', simple(issue, [...context.base, ...path], value))];
  }
}

function missing(context: Context, path: Path, issue: Issue): Diagnostic {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const where = [...context.base, ...parent];
  const place = where.length === 0 ? 'this file' : pathText(where);
  const options = issue.code === 'invalid_union' ? optionsOf(issue) : [];
  const about =
    options.length > 0 ? `one of ${listed(options)}` : schemaAt(context.schema, path)?.description;
  const hint = about === undefined ? `add ${key}:` : `add ${key}: (${about})`;
  return at(context, parent, 'key', { code: 'missing_key', message: `${place} needs "${key}"`, hint });
}

function unknownKey(context: Context, path: Path, key: string): Diagnostic {
  const known = knownKeys(context.schema, path, context.value);
  const present = valueAt(context.value, path);
  const isPresent = (name: string) =>
    typeof present === 'object' && present !== null && Object.hasOwn(present, name);
  const suggestions = nearest(
    key,
    known.filter((name) => !isPresent(name)),
  );
  const where = [...context.base, ...path];
  const place = where.length === 0 ? 'this file' : pathText(where);
  const hint =
    key === '<<'
      ? 'merge keys are not read: write the keys out'
      : (didYouMean(suggestions) ?? `allowed here: ${known.join(', ')}`);
  const problem: Problem = {
    code: 'unknown_key',
    message: `unknown key "${key}" in ${place}`,
    hint,
    suggestions,
  };
  return at(context, [...path, key], 'key', problem);
}

function optionsOf(issue: Issue): string[] {
  const options: unknown = 'options' in issue ? issue.options : undefined;
  return Array.isArray(options) ? options.map(String) : [];
}

function union(
  context: Context,
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  value: unknown,
): Diagnostic[] {
  const options = optionsOf(issue);
  if (options.length > 0) return [at(context, path, 'value', discriminator(context, path, options, value))];
  const mistyped = issue.errors.flat().find((inner) => isNearWord(inner, value));
  if (mistyped !== undefined) return explain(context, mistyped, path);
  // The branch that means this kind of value: the one that does not fail at its root with the type.
  const meant = issue.errors.filter((issues) => !issues.some(isTypeOfRoot));
  const best = meant.sort((a, b) => a.length - b.length)[0];
  if (best !== undefined)
    return best.flatMap((inner) => explain(context, inner, [...path, ...inner.path] as Path));
  const wanted = orList([...new Set(wantedBy(issue.errors.flat()))]);
  const message = `${pathText([...context.base, ...path])} must be ${wanted}, not ${describeValue(value, path)}`;
  return [at(context, path, 'value', { code: 'wrong_type', message })];
}

/** True of a list of words that has one near the value: then that one was meant, whatever else a union would take. */
function isNearWord(issue: Issue, value: unknown): boolean {
  if (typeof value !== 'string' || issue.code !== 'invalid_value' || issue.path.length > 0) return false;
  return nearest(value, issue.values.map(String)).length > 0;
}

/** True if a branch of a union failed because the value as a whole is of another type. */
function isTypeOfRoot(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((issues) => issues.some(isTypeOfRoot));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** What the branches of a union would take, in words. */
function wantedBy(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_union') return wantedBy(issue.errors.flat());
    if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value));
    return issue.code === 'invalid_type' ? [typeNames[issue.expected] ?? issue.expected] : [];
  });
}

function discriminator(context: Context, path: Path, options: string[], value: unknown): Problem {
  const isConnection = options.includes('duckdb');
  const known = `this version has ${listed(options)}`;
  if (typeof value !== 'string') {
    const message = `${pathText([...context.base, ...path])} must be one of ${listed(options)}, not ${describeValue(value, path)}`;
    return { code: 'wrong_type', message };
  }
  const suggestions = nearest(value, options);
  return {
    code: isConnection ? 'unknown_connection_type' : 'unknown_value',
    message: `unknown ${isConnection ? 'connection ' : ''}type "${value}"`,
    hint: didYouMean(suggestions) ?? known,
    suggestions,
  };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (name: value)',
};

function simple(issue: Issue, path: Path, value: unknown): Problem {
  const name = path.length === 0 ? 'this file' : pathText(path);
  switch (issue.code) {
    case 'invalid_type': {
      const expected = typeNames[issue.expected] ?? issue.expected;
      const message = `${name} must be ${expected}, not ${describeValue(value, path)}`;
      return { code: 'wrong_type', message, ...(isSecretPlace(path) ? {} : hintFor(issue.expected, value)) };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const suggestions = typeof value === 'string' ? nearest(value, values) : [];
      const message = `${name} must be one of ${listed(values)}, not ${describeValue(value, path)}`;
      return { code: 'unknown_value', message, hint: didYouMean(suggestions), suggestions };
    }
    case 'too_small':
      return {
        code: 'invalid_value',
        message: `${name} ${bound(issue.origin, issue.minimum, issue.inclusive, 'low')}`,
      };
    case 'too_big':
      return {
        code: 'invalid_value',
        message: `${name} ${bound(issue.origin, issue.maximum, issue.inclusive, 'high')}`,
      };
    default:
      return { code: 'invalid_value', message: `${name}: ${issue.message}` };
  }
}

function hintFor(expected: string, value: unknown): { hint?: string } {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  if (expected === 'array' && isScalar) return { hint: `write a list: [${String(value)}]` };
  if (expected === 'string' && isScalar) return { hint: `put it in quotes: "${String(value)}"` };
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && isNumeric(value)) {
    return { hint: `leave out the quotes: ${value}` };
  }
  if (expected === 'boolean' && /^(yes|on)$/i.test(String(value))) return { hint: 'write true' };
  if (expected === 'boolean' && /^(no|off)$/i.test(String(value))) return { hint: 'write false' };
  return {};
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function bound(
  origin: string,
  limit: number | bigint,
  isInclusive: boolean | undefined,
  side: 'low' | 'high',
): string {
  const most = side === 'low' ? 'at least' : 'at most';
  if (origin === 'array') {
    return limit === 1 && side === 'low' ? 'must not be an empty list' : `may have ${most} ${limit} entries`;
  }
  if (origin === 'string') {
    return limit === 1 && side === 'low' ? 'must not be empty' : `may have ${most} ${limit} characters`;
  }
  if (isInclusive === false) return `must be ${side === 'low' ? 'more' : 'less'} than ${limit}`;
  return `must be ${most} ${limit}`;
}
