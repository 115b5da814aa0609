/**
 * The tables of the database, one entry per table. Every feature adds its own next to its SQL:
 * `declare module '../db/tables.ts' { interface Tables { article_vote: ArticleVoteTable } }`
 * and its migration in `migrations/`. Instants are UTC epoch milliseconds (bigint columns),
 * JSON is text, booleans are 0 and 1, ids are text: the same on SQLite and PostgreSQL.
 */
// biome-ignore lint/suspicious/noEmptyInterface: features merge their tables into it
export interface Tables {}
