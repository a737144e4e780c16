/** Finds the schema of a place in a file, so that messages can say what is allowed there. */
import * as z from 'zod';
import type { Path } from './document.ts';
import { isRecord, valueAt } from './values.ts';

/** The schema that a path leads to; undefined where it leaves the schema. Unions are followed by the value, if one is given. */
export function schemaAt(schema: z.ZodType, path: Path, value?: unknown): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema;
  for (let depth = 0; depth < path.length; depth += 1) {
    const segment = path[depth];
    const here = valueAt(value, path.slice(0, depth));
    current = step(branch(unwrap(current), here), String(segment));
    if (current === undefined) return undefined;
  }
  return current;
}

/** The keys an object at this path may have. */
export function knownKeys(schema: z.ZodType, path: Path, value: unknown): string[] {
  const found = schemaAt(schema, path, value);
  if (found === undefined) return [];
  const object = branch(unwrap(found), valueAt(value, path));
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** True if only text may stand at this path. */
export function takesText(schema: z.ZodType, path: Path, value: unknown): boolean {
  const found = schemaAt(schema, path, value);
  return found !== undefined && unwrap(found) instanceof z.ZodString;
}

function step(schema: z.ZodType, segment: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, segment) ? (schema.shape[segment] as z.ZodType) : undefined;
  }
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}

function unwrap(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodNullable
  ) {
    current = current.unwrap() as z.ZodType;
  }
  return current;
}

/** The branch of a union that the value means: by its discriminator, else the object branch. */
function branch(schema: z.ZodType, value: unknown): z.ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options as readonly z.ZodType[];
  if (schema instanceof z.ZodDiscriminatedUnion && isRecord(value)) {
    const key = schema.def.discriminator;
    const found = options.find((option) => {
      const literal =
        option instanceof z.ZodObject ? (option.shape[key] as z.ZodType | undefined) : undefined;
      return literal?.safeParse(value[key]).success === true;
    });
    if (found !== undefined) return found;
  }
  return options.find((option) => option instanceof z.ZodObject) ?? schema;
}
