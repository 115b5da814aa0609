import type { FlowFix } from '../kind.ts';
import { type AccountRecovery, identifierInput } from './recover-account.ts';

/** The user name by mail to the address it belongs to; what is shown is the same for every address. */
export function remindUsername(recovery: AccountRecovery): FlowFix<{ identifier: string }> {
  return {
    id: 'remind-username',
    form: 'flow',
    audience: 'everyone',
    proof: 'none',
    risk: 'none',
    input: identifierInput(recovery),
    steps: ['asked', 'sent'],
    page: '/fixes/remind-username',
    async begin({ identifier }, { lang, ip }) {
      await recovery.remindUsername({ identifier, lang, ip });
      return { next: `/${lang}/fixes/remind-username?sent`, cookies: [] };
    },
    progress: async () => undefined,
  };
}
