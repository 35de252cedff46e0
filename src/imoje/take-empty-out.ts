import { z } from 'zod';

/**
 * Takes the optional fields out of a body that are null or empty, since shops mean by both that there is none (imoje
 * protocol, section 5.0). So is `[]`, which PHP writes for an object without members, and an object that is `{}` or has none
 * but empty fields. Inside of what a schema leaves open (`cart`, `invoice`, `wallet`) everything stays as it came.
 */
export function withoutEmpty(schema: z.core.$ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return withoutEmpty(schema.unwrap(), value);
  if (schema instanceof z.ZodNullable) return withoutEmpty(schema.unwrap(), value);
  if (schema instanceof z.ZodArray) return mapped(schema, value);
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.length > 0) return value;
  const fields: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const rest = Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return [];
    const kept = withoutEmpty(field, inner);
    return field instanceof z.ZodOptional && isEmpty(kept) ? [] : [[name, kept]];
  });
  return Object.fromEntries(rest);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function mapped(schema: z.ZodArray, value: unknown): unknown {
  return Array.isArray(value) ? value.map((element: unknown) => withoutEmpty(schema.element, element)) : value;
}
