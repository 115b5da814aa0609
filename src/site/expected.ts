/** What a feature says no with; pages recognise it by its form, since Astro bundles its own copy of every class. */
export interface Expected {
  readonly code: string;
  readonly status: number;
  readonly params: Readonly<Record<string, string | number>>;
}

/** An expected refusal as a value; anything else is thrown on. */
export function expected(error: unknown): Expected {
  const { code, status, params } = error as Partial<Expected>;
  if (typeof code === 'string' && typeof status === 'number' && params !== undefined)
    return { code, status, params };
  throw error;
}
