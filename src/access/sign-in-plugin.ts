import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';

const VIAS = ['password', 'link', 'sample-link'] as const;
export type Via = (typeof VIAS)[number];

const body = z.object({ userId: z.string(), via: z.enum(VIAS) });

/** An endpoint that opens a session for somebody whose proof (the directory, a one-time link) we have checked. */
const opener = <P extends string>(path: P) =>
  createAuthEndpoint(path, { method: 'POST', body }, async (ctx) => {
    const { userId, via } = ctx.body;
    const { internalAdapter } = ctx.context;
    const user = await internalAdapter.findUserById(userId);
    if (!user) throw new Error('the person of this session is gone');
    const session = await internalAdapter.createSession(userId, false, { via }, true);
    await setSessionCookie(ctx, { session, user });
  });

/**
 * The first path is one after which better-auth's second factor steps in when the person has one
 * (it looks at the path); after the second it does not.
 */
export const signInPlugin = () => ({
  id: 'firstline-sign-in',
  endpoints: {
    openSession: opener('/sign-in/username'),
    openTrustedSession: opener('/sign-in/trusted'),
  },
});
