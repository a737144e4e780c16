import * as z from 'zod';
import { ApiError } from '../../protocol/errors.ts';
import { methods, type MethodName } from '../../protocol/methods.ts';

/** What a query value may become, read off the method's schema. */
interface Accepts {
  readonly number: boolean;
  readonly boolean: boolean;
  readonly array: boolean;
  readonly string: boolean;
}

const tokenNames = new Set(['token', 'access_token', 'authorization', 'api_key']);

/** Throws ApiError forbidden for a token in an address. */
export function refuseToken(query: URLSearchParams): void {
  const name = [...query.keys()].find((each) => tokenNames.has(each.toLowerCase()));
  if (name === undefined) return;
  throw new ApiError('forbidden', `${name} in the address is refused`, {
    hint: 'send the token as a header: Authorization: Bearer TOKEN',
  });
}

/**
 * Reads a query string as the params of a method: numbers and booleans where the schema wants them, lists as repeated names
 * or with commas. What cannot be read stays text, so that the schema's own message names the mistake. Throws ApiError
 * forbidden for a token (addresses end up in logs and histories).
 */
export function readQuery(method: MethodName, query: string): Record<string, unknown> {
  const given = new URLSearchParams(query);
  const shape: Record<string, z.core.$ZodType> = methods[method].params.shape;
  const params: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  refuseToken(given);
  for (const name of new Set(given.keys())) {
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const values = given.getAll(name);
    params[name] = schema === undefined ? values[0] : coerce(values, accepts(schema));
  }
  return { ...params };
}

function coerce(values: readonly string[], to: Accepts): unknown {
  if (to.array) {
    const list = values.flatMap((value) => value.split(',')).filter((value) => value !== '');
    return to.string && list.length === 1 ? list[0] : list;
  }
  const [value] = values;
  if (values.length > 1 || value === undefined) return values;
  if (to.number && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (to.boolean && (value === 'true' || value === '1')) return true;
  if (to.boolean && (value === 'false' || value === '0')) return false;
  return value;
}

function accepts(schema: z.core.$ZodType): Accepts {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return accepts(schema.def.innerType);
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.map(accepts);
    return {
      number: options.some((one) => one.number),
      boolean: options.some((one) => one.boolean),
      array: options.some((one) => one.array),
      string: options.some((one) => one.string),
    };
  }
  return {
    number: schema instanceof z.ZodNumber,
    boolean: schema instanceof z.ZodBoolean,
    array: schema instanceof z.ZodArray,
    string: schema instanceof z.ZodString || schema instanceof z.ZodEnum,
  };
}
