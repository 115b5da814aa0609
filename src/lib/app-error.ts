/**
 * The one error type for outcomes that a person should read about.
 * `code` is stable: it is the problem+json code and, behind `error.`, the key of the words.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  /** Named values for the words; never secrets. */
  readonly params: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    options: { status?: number; params?: Record<string, string | number>; cause?: unknown } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = options.status ?? 400;
    this.params = options.params ?? {};
  }
}

/** A problem that ends the program: one plain sentence for the console, exit code 1, no stack. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
}
