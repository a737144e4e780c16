/** References to secrets: `${env:NAME}` and `${secret:NAME}`, alone or inside a longer text. Values never reach a message. */
import { isAbsolute, resolve } from 'node:path';
import { connectionSchema, type ConnectionDefinition } from '../protocol/files/connections.ts';
import type { Path, Problem } from './document.ts';
import { isRecord, pathText } from './values.ts';

export type SecretKind = 'env' | 'secret';

export interface SecretReference {
  readonly kind: SecretKind;
  readonly name: string;
  /** Where in the value the text with the reference stands. */
  readonly path: Path;
}

const anyReference = /\$\{([^}]*)\}/g;
const goodReference = /^(env|secret):([A-Za-z_][A-Za-z0-9_.-]*)$/;

/** Every reference in the texts of a value, in order. What looks like one and is not is left to `findBadReferences`. */
export function findReferences(value: unknown): SecretReference[] {
  return texts(value, []).flatMap(({ text, path }) =>
    [...text.matchAll(anyReference)].flatMap(([, inner]) => {
      const [, kind, name] = goodReference.exec(inner ?? '') ?? [];
      return name === undefined ? [] : [{ kind: kind as SecretKind, name, path }];
    }),
  );
}

/** Every `${…}` in the texts of a value that is neither an env nor a secret reference. */
export function findBadReferences(value: unknown): { readonly text: string; readonly path: Path }[] {
  return texts(value, []).flatMap(({ text, path }) =>
    [...text.matchAll(anyReference)]
      .filter(([, inner]) => !goodReference.test(inner ?? ''))
      .map(([whole]) => ({ text: whole, path })),
  );
}

function texts(value: unknown, path: Path): { text: string; path: Path }[] {
  if (typeof value === 'string') return value.includes('${') ? [{ text: value, path }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, [...path, index]));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => texts(item, [...path, key]));
  return [];
}

export type SecretLookup = (kind: SecretKind, name: string) => string | undefined;

/** Fills in every reference in the texts of a value. `missing` names those without a value; their text stays as it was. */
export function resolveValue<T>(value: T, lookup: SecretLookup): { value: T; missing: SecretReference[] } {
  const missing: SecretReference[] = [];
  const fill = (item: unknown, path: Path): unknown => {
    if (typeof item === 'string') {
      return item.replace(anyReference, (whole, inner: string) => {
        const [, kind, name] = goodReference.exec(inner) ?? [];
        if (name === undefined) return whole;
        const found = lookup(kind as SecretKind, name);
        if (found === undefined) missing.push({ kind: kind as SecretKind, name, path });
        return found ?? whole;
      });
    }
    if (Array.isArray(item)) return item.map((inner, index) => fill(inner, [...path, index]));
    if (!isRecord(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner, [...path, key])]));
  };
  return { value: fill(value, []) as T, missing };
}

export type ResolvedDefinition =
  | { readonly ok: true; readonly definition: ConnectionDefinition }
  | { readonly ok: false; readonly message: string; readonly missing: readonly SecretReference[] };

/**
 * Fills in the references of a connection and parses it again; a path that was relative only after that is made absolute
 * against `projectDir`. The message of a failure names keys and references, never a value.
 */
export function resolveReferences(
  definition: ConnectionDefinition,
  lookup: SecretLookup,
  projectDir?: string,
): ResolvedDefinition {
  const { value, missing } = resolveValue<unknown>(definition, lookup);
  if (missing.length > 0) {
    const names = [...new Set(missing.map(referenceText))].join(', ');
    return { ok: false, message: `no value for ${names}`, missing };
  }
  const parsed = connectionSchema.safeParse(withNumericPort(value));
  if (!parsed.success) {
    const keys = [...new Set(parsed.error.issues.map((issue) => pathText(issue.path as Path)))].join(', ');
    const message = `${keys} of the connection is not valid once its references are filled in`;
    return { ok: false, message, missing: [] };
  }
  const resolved = projectDir === undefined ? parsed.data : withAbsolutePath(parsed.data, projectDir);
  return { ok: true, definition: resolved };
}

/** `${env:NAME}` as it stands in the file. */
export function referenceText({ kind, name }: Pick<SecretReference, 'kind' | 'name'>): string {
  return `\${${kind}:${name}}`;
}

/** The problem of a reference without a value; `who` needs it. */
export function unsetSecret(reference: SecretReference, who: string): Problem {
  const { kind, name } = reference;
  const place =
    kind === 'env' ? `set the environment variable ${name}` : `store the secret ${name} in VS Code`;
  return {
    code: 'unset_secret',
    message: `${referenceText(reference)} has no value, and ${who} needs it`,
    hint: `${place}, or write ${name}=… into a .env file beside ombudsman.yaml`,
  };
}

/** A port that was written as text becomes a number, so that its range is checked and drivers get what they expect. */
function withNumericPort(value: unknown): unknown {
  if (!isRecord(value) || typeof value.port !== 'string' || !/^\d+$/.test(value.port)) return value;
  return { ...value, port: Number(value.port) };
}

/** The definition with its path made absolute against the project's folder. A path with a reference is left as it is. */
export function withAbsolutePath(definition: ConnectionDefinition, projectDir: string): ConnectionDefinition {
  if (!('path' in definition) || definition.path.includes('${') || isAbsolute(definition.path))
    return definition;
  return { ...definition, path: resolve(projectDir, definition.path) };
}
