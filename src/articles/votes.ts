/** Why an article did not help, as the page offers it; words are `articles.why.<reason>`. */
export const VOTE_REASONS = ['not-my-problem', 'did-not-work', 'too-hard', 'out-of-date'] as const;
export type VoteReason = (typeof VOTE_REASONS)[number];
