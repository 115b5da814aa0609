/**
 * One row of the audit trail: every admin and agent action and every automatic one.
 * Features hand it to the writer that `main` gives them, with their own transaction.
 */
export interface AuditEntry {
  /** Who did it: a login, `anonymous`, or `system:<part>`. */
  readonly actor: string;
  /** What, as `<feature>.<verb>`, for example `tickets.claim`. */
  readonly action: string;
  /** On what: an id that the admin pages can link to. */
  readonly subject: string;
  /** More, for people; never secrets, never message bodies. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}
