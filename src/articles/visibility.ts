import { isAgent, isEditor, type Who } from '../lib/who.ts';
import type { Article, Audience } from './schema.ts';

/** The widest audience that this person belongs to; agents also read what staff reads. */
export function audienceOf(who: Who): Audience {
  if (who.kind === 'anonymous') return 'public';
  return who.kind === 'system' || isAgent(who) || isEditor(who) ? 'agents' : 'staff';
}

const RANK: Readonly<Record<Audience, number>> = { public: 0, staff: 1, agents: 2 };

export const mayRead = (reader: Audience, article: Pick<Article, 'audience'>): boolean =>
  RANK[article.audience] <= RANK[reader];

export const isPublished = (article: Pick<Article, 'status' | 'publishAt'>, now: number): boolean =>
  article.status === 'published' && (article.publishAt ?? 0) <= now;

/** Editors also see what is not published yet, to look at it; what is archived nobody does. */
export function isVisible(article: Article, who: Who, now: number): boolean {
  if (article.status === 'archived') return false;
  if (!isPublished(article, now)) return isEditor(who);
  return mayRead(audienceOf(who), article);
}
