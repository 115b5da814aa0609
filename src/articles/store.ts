import { sql } from 'kysely';
import type { Db } from '../db/db.ts';
import type { Lang } from '../lib/lang.ts';

interface ArticleVoteTable {
  id: string;
  article_id: string;
  lang: string;
  /** Hash of the body that was voted on. */
  version: string;
  helpful: number;
  reason: string | null;
  comment: string | null;
  at: number;
}

interface ArticleReadTable {
  article_id: string;
  lang: string;
  /** Days since 1970, UTC. */
  day: number;
  reads: number;
}

declare module '../db/tables.ts' {
  interface Tables {
    article_vote: ArticleVoteTable;
    article_read: ArticleReadTable;
  }
}

export interface Vote {
  readonly id: string;
  readonly articleId: string;
  readonly lang: Lang;
  readonly version: string;
  readonly helpful: boolean;
  readonly at: number;
}

export interface VoteCount {
  readonly articleId: string;
  readonly lang: Lang;
  readonly yes: number;
  readonly no: number;
}

export interface VoteComment {
  readonly articleId: string;
  readonly lang: Lang;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly at: number;
}

const DAY_MS = 86_400_000;
/** A reason may follow its vote for this long. */
const REASON_WITHIN_MS = 3_600_000;

export function createArticleStore(db: Db) {
  const { kysely } = db;
  return {
    async addVote({ id, articleId, lang, version, helpful, at }: Vote): Promise<void> {
      await kysely
        .insertInto('article_vote')
        .values({
          id,
          article_id: articleId,
          lang,
          version,
          helpful: helpful ? 1 : 0,
          reason: null,
          comment: null,
          at,
        })
        .execute();
    },

    /** Adds the why to a vote, once and soon after it; false when there is no such vote. */
    async addReason(
      id: string,
      why: { reason: string | null; comment: string | null },
      now: number,
    ): Promise<boolean> {
      const result = await kysely
        .updateTable('article_vote')
        .set(why)
        .where('id', '=', id)
        .where('reason', 'is', null)
        .where('comment', 'is', null)
        .where('at', '>=', now - REASON_WITHIN_MS)
        .executeTakeFirst();
      return Number(result.numUpdatedRows) === 1;
    },

    async votes(since: number): Promise<readonly VoteCount[]> {
      const rows = await kysely
        .selectFrom('article_vote')
        .select(['article_id', 'lang'])
        .select(sql<number>`sum(helpful)`.as('yes'))
        .select(sql<number>`sum(1 - helpful)`.as('no'))
        .where('at', '>=', since)
        .groupBy(['article_id', 'lang'])
        .execute();
      return rows.map((row) => ({
        articleId: row.article_id,
        lang: row.lang as Lang,
        yes: Number(row.yes),
        no: Number(row.no),
      }));
    },

    async comments(since: number, limit: number): Promise<readonly VoteComment[]> {
      const rows = await kysely
        .selectFrom('article_vote')
        .select(['article_id', 'lang', 'reason', 'comment', 'at'])
        .where('helpful', '=', 0)
        .where('at', '>=', since)
        .where((where) => where.or([where('reason', 'is not', null), where('comment', 'is not', null)]))
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ article_id, lang, reason, comment, at }) => ({
        articleId: article_id,
        lang: lang as Lang,
        reason,
        comment,
        at: Number(at),
      }));
    },

    async addReads(
      reads: readonly { articleId: string; lang: Lang; count: number }[],
      now: number,
    ): Promise<void> {
      if (reads.length === 0) return;
      const day = Math.floor(now / DAY_MS);
      await kysely
        .insertInto('article_read')
        .values(
          reads.map(({ articleId, lang, count }) => ({ article_id: articleId, lang, day, reads: count })),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['article_id', 'lang', 'day'])
            .doUpdateSet({ reads: sql<number>`article_read.reads + excluded.reads` }),
        )
        .execute();
    },

    async mostRead(since: number, limit: number): Promise<readonly { articleId: string; reads: number }[]> {
      const rows = await kysely
        .selectFrom('article_read')
        .select('article_id')
        .select(sql<number>`sum(reads)`.as('total'))
        .where('day', '>=', Math.floor(since / DAY_MS))
        .groupBy('article_id')
        .orderBy('total', 'desc')
        .orderBy('article_id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ articleId: row.article_id, reads: Number(row.total) }));
    },
  };
}

export type ArticleStore = ReturnType<typeof createArticleStore>;
