import { z } from 'zod';
import type { Lang } from '../../lib/lang.ts';
import type { FlowFix, FlowProgress } from '../kind.ts';

type Purpose = 'reset' | 'unlock';

/** What these fixes need of account recovery; handed in by `main`. */
export interface AccountRecovery {
  ask(asked: {
    readonly identifier: string;
    readonly lang: Lang;
    readonly purpose: Purpose;
    readonly ip: string;
  }): Promise<{ readonly cookie: string }>;
  look(cookie: string | undefined): Promise<{ readonly step: string; readonly ticket?: string | null }>;
  remindUsername(asked: {
    readonly identifier: string;
    readonly lang: Lang;
    readonly ip: string;
  }): Promise<void>;
  isIdentifier(text: string): boolean;
  readonly cookie: {
    read(header: string | null): string | undefined;
    line(value: string): string;
  };
}

export const identifierInput = (recovery: AccountRecovery) =>
  z.strictObject({
    identifier: z.string().refine(recovery.isIdentifier, 'expected a user name or mail address'),
  });

const STEPS = ['asked', 'proved', 'set', 'verified'] as const;

const DONE: Readonly<Record<string, FlowProgress>> = {
  code: { done: 1 },
  password: { done: 2 },
  working: { done: 3 },
  done: { done: 4, outcome: 'fixed' },
  'handed-over': { done: 2, outcome: 'failed' },
};

/** A new password, or the lock taken off: the person proves by mail and does the rest on the recovery pages. */
export function recoverAccount(
  id: string,
  purpose: Purpose,
  recovery: AccountRecovery,
): FlowFix<{ identifier: string }> {
  return {
    id,
    form: 'flow',
    audience: 'everyone',
    proof: 'mail-code',
    risk: 'low',
    input: identifierInput(recovery),
    steps: STEPS,
    page: purpose === 'unlock' ? '/recovery?purpose=unlock' : '/recovery',
    async begin({ identifier }, { lang, ip }) {
      const { cookie } = await recovery.ask({ identifier, lang, purpose, ip });
      return { next: `/${lang}/recovery/code`, cookies: [recovery.cookie.line(cookie)] };
    },
    async progress(cookies) {
      const at = await recovery.look(recovery.cookie.read(cookies));
      const known = DONE[at.step];
      return known && { ...known, ...(at.ticket ? { ticket: at.ticket } : {}) };
    },
  };
}
