import type { VoteReason } from '../articles/votes.ts';
import type { PageContext, Portal } from './portal.ts';

interface Parts {
  readonly portal: Portal;
  readonly page: PageContext;
  /** `<category>/<slug>` */
  readonly id: string;
}

const REASONS: readonly VoteReason[] = ['not-my-problem', 'did-not-work', 'too-hard', 'out-of-date'];
const isReason = (value: unknown): value is VoteReason => REASONS.includes(value as VoteReason);

/** Counts a vote or takes the why of one; returns what the page shows next: `thanks`, or the id of a "no". */
export async function castVote(form: FormData, { portal, page, id }: Parts): Promise<string> {
  const helpful = form.get('helpful');
  if (helpful === 'yes' || helpful === 'no') {
    const vote = await portal.articles.vote({
      lang: page.lang,
      id,
      helpful: helpful === 'yes',
      who: page.who,
    });
    page.trail({ kind: 'vote', at: page.now, id, helpful: helpful === 'yes' });
    return helpful === 'yes' ? 'thanks' : vote.id;
  }
  const reason = form.get('reason');
  const comment = String(form.get('comment') ?? '').trim();
  await portal.articles.explainVote(String(form.get('of') ?? ''), {
    reason: isReason(reason) ? reason : null,
    comment: comment === '' ? null : comment.slice(0, 1_000),
  });
  return 'thanks';
}
