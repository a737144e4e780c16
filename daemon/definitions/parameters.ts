/** Parameters of a template: declared values, values given, and `${param:NAME}` filled in. */
import type { Diagnostic } from '../protocol/errors.ts';
import { batchFileSchema, type BatchFile, type ParameterValues } from '../protocol/files/batch.ts';
import { takesText } from './schemaWalk.ts';
import { problemAt, type Path, type SourceDocument } from './document.ts';
import { didYouMean, listed, nearest } from './suggest.ts';
import { validate } from './validate.ts';
import { describeValue, isRecord, valueAt } from './values.ts';

type Scalar = ParameterValues[string];
type ParameterType = 'string' | 'number' | 'integer' | 'boolean';
type Declaration = NonNullable<BatchFile['parameters']>[string];

export interface Parameters {
  readonly values: ReadonlyMap<string, Scalar>;
  readonly declared: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The value of every declared parameter: the given one, brought to its type (the command line gives text), else the default.
 * While a file is only checked (an editor has no values to give) a parameter without a value is no mistake.
 */
export function readParameters(
  document: SourceDocument,
  given: ParameterValues,
  isCheckOnly: boolean,
): Parameters {
  const path: Path = ['parameters'];
  const written = valueAt(document.value, path);
  const parsed = validate(document, batchFileSchema.shape.parameters, { at: path });
  const diagnostics = [...parsed.diagnostics];
  const declarations = parsed.data ?? {};
  const declared = new Set(isRecord(written) ? Object.keys(written) : []);
  const values = new Map<string, Scalar>();
  for (const [name, declaration] of Object.entries(declarations)) {
    const read = readOne(document, name, declaration, given, isCheckOnly);
    diagnostics.push(...read.diagnostics);
    if (read.value !== undefined) values.set(name, read.value);
  }
  for (const name of Object.keys(given)) {
    if (!declared.has(name)) diagnostics.push(unknownParameter(document, path, 'key', name, declared));
  }
  return { values, declared, diagnostics };
}

function readOne(
  document: SourceDocument,
  name: string,
  declaration: Declaration,
  given: ParameterValues,
  isCheckOnly: boolean,
): { value?: Scalar; diagnostics: Diagnostic[] } {
  const full = typeof declaration === 'object' ? declaration : { default: declaration };
  const type = full.type ?? typeOf(full.default ?? full.enum?.[0]);
  const path: Path = ['parameters', name];
  const diagnostics: Diagnostic[] = [];
  const allowed: Scalar[] = [];
  for (const [index, value] of (full.enum ?? []).entries()) {
    const typed = coerce(value, type);
    if (typed !== undefined) allowed.push(typed);
    else diagnostics.push(wrongType(document, [...path, 'enum', index], 'value', name, type, value));
  }
  const accept = (value: Scalar, at: Path, part: 'key' | 'value') => {
    const typed = coerce(value, type);
    if (typed === undefined) {
      diagnostics.push(wrongType(document, at, part, name, type, value));
    } else if (full.enum !== undefined && !allowed.includes(typed)) {
      diagnostics.push(wrongValue(document, at, part, name, value, allowed));
    } else return typed;
    return undefined;
  };
  const isShort = typeof declaration !== 'object';
  const preset =
    full.default === undefined
      ? undefined
      : accept(full.default, isShort ? path : [...path, 'default'], 'value');
  if (Object.hasOwn(given, name)) {
    const value = given[name];
    return { value: value === undefined ? undefined : accept(value, path, 'key'), diagnostics };
  }
  if (full.default === undefined && !isCheckOnly) {
    diagnostics.push(
      problemAt(document, path, 'key', {
        code: 'missing_parameter',
        message: `parameter "${name}" has no value`,
        hint: `give it one (--param ${name}=…), or write a default here`,
      }),
    );
  }
  return { value: preset, diagnostics };
}

function typeOf(value: Scalar | undefined): ParameterType {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
}

/** The value in the declared type, or undefined if it cannot be that. */
function coerce(value: Scalar, type: ParameterType): Scalar | undefined {
  switch (type) {
    case 'string':
      return String(value);
    case 'boolean':
      return value === true || value === 'true'
        ? true
        : value === false || value === 'false'
          ? false
          : undefined;
    case 'integer':
    case 'number': {
      const isText = typeof value === 'string' && value.trim() !== '';
      const number = typeof value === 'number' ? value : isText ? Number(value) : NaN;
      const isGood = type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number);
      return isGood ? number : undefined;
    }
  }
}

const typeNames: Readonly<Record<ParameterType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function wrongType(
  document: SourceDocument,
  path: Path,
  part: 'key' | 'value',
  name: string,
  type: ParameterType,
  value: Scalar,
): Diagnostic {
  const message = `parameter "${name}" must be ${typeNames[type]}, not ${describeValue(value, path)}`;
  return problemAt(document, path, part, { code: 'parameter_type', message });
}

function wrongValue(
  document: SourceDocument,
  path: Path,
  part: 'key' | 'value',
  name: string,
  value: Scalar,
  allowed: readonly Scalar[],
): Diagnostic {
  const known = allowed.map(String);
  const suggestions = nearest(String(value), known);
  return problemAt(document, path, part, {
    code: 'parameter_value',
    message: `parameter "${name}" must be one of ${listed(known)}, not ${describeValue(value, path)}`,
    hint: didYouMean(suggestions),
    suggestions,
  });
}

function unknownParameter(
  document: SourceDocument,
  path: Path,
  part: 'key' | 'value',
  name: string,
  declared: ReadonlySet<string>,
): Diagnostic {
  const suggestions = nearest(name, declared);
  const hint =
    declared.size === 0 ? `declare it: parameters: { ${name}: … }` : `parameters are ${listed(declared)}`;
  return problemAt(document, path, part, {
    code: 'unknown_parameter',
    message: `this file has no parameter "${name}"`,
    hint: didYouMean(suggestions) ?? hint,
    suggestions,
  });
}

const reference = /\$\{param:([^}]*)\}/g;
const wholeReference = /^\$\{param:([^}]*)\}$/;

export interface Substituted {
  readonly value: Record<string, unknown>;
  /** JSON of the paths whose parameter has no value yet. */
  readonly unknownAt: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file's value with every `${param:NAME}` filled in; one that is the whole text keeps the type of its value. */
export function substitute(
  document: SourceDocument,
  value: Record<string, unknown>,
  parameters: Parameters,
): Substituted {
  const unknownAt = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const lookUp = (name: string, path: Path): Scalar | undefined => {
    if (!parameters.declared.has(name)) {
      diagnostics.push(unknownParameter(document, path, 'value', name, parameters.declared));
    }
    const found = parameters.values.get(name);
    if (found === undefined) unknownAt.add(JSON.stringify(path));
    return found;
  };
  const fill = (item: unknown, path: Path): unknown => {
    if (typeof item === 'string') {
      if (!item.includes('${param:')) return item;
      const whole = wholeReference.exec(item)?.[1];
      if (whole !== undefined) {
        const found = lookUp(whole, path);
        // Where only text may stand (an argument, a name) the number 5 is meant as its digits.
        return found === undefined ? item : takesText(batchFileSchema, path, value) ? String(found) : found;
      }
      return item.replace(reference, (text, name: string) => String(lookUp(name, path) ?? text));
    }
    if (Array.isArray(item)) return item.map((inner, index) => fill(inner, [...path, index]));
    if (!isRecord(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner, [...path, key])]));
  };
  const entries = Object.entries(value).filter(([key]) => key !== 'parameters');
  const filled = Object.fromEntries(entries.map(([key, item]) => [key, fill(item, [key])]));
  return { value: filled, unknownAt, diagnostics };
}
