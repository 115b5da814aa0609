/** One mistake in a file that people write (YAML, front matter), told so that it can be mended. */
export interface Problem {
  /** Path of the file as the person knows it, for example `monitors/mail.yaml`. */
  readonly file: string;
  /** 1-based; 1 when the mistake has no place of its own. */
  readonly line: number;
  /** Dotted path of the key, for example `monitors[0].every`; '' for the whole file. */
  readonly key: string;
  /** Stable: `unknown-key`, `missing-key`, `wrong-type`, `wrong-value`, `syntax`, or a feature's own. */
  readonly code: string;
  /** English, one sentence, without file and line. */
  readonly message: string;
  /** What was probably meant, where a near word exists. */
  readonly suggestion?: string;
}

/** `monitors/mail.yaml:12 monitors[0].evry: unknown key. Did you mean "every"?` */
export function describeProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}${problem.key ? ` ${problem.key}` : ''}`;
  const hint = problem.suggestion === undefined ? '' : ` Did you mean "${problem.suggestion}"?`;
  return `${place}: ${problem.message}.${hint}`;
}
