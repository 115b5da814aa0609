import { OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from './app-error.ts';
import type { HttpEnv } from './http-env.ts';

/** RFC 9457 problem+json as every endpoint answers it. `code` is stable and is the i18n key. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

/** Thrown for input that does not fit its schema; carries the places for the answer. */
export class InvalidInput extends AppError {
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  constructor(error: z.core.$ZodError) {
    super('request.invalid', { status: 422 });
    this.errors = error.issues.slice(0, 20).map((issue) => ({
      path: issue.path.map(String).join('.'),
      message: issue.message,
    }));
  }
}

/** A router for one feature's `routes.ts`; all input goes through zod, all failures through one place. */
export function newRouter(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new InvalidInput(result.error);
    },
  });
}

/** For the `responses` of a route: the failures it documents. */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

export const jsonResponse = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { 'application/json': { schema } },
});
