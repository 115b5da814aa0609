import type { Directory } from '../directory/contract.ts';
import type { Role, Tier } from '../lib/who.ts';
import type { AgentAddress } from './tickets.ts';

interface Deps {
  readonly directory: Pick<Directory, 'find'>;
  readonly loginsWithRole: (role: Role) => Promise<readonly string[]>;
}

const ROLE_OF: Readonly<Record<Tier | 'manager', Role>> = {
  L1: 'agent-l1',
  L2: 'agent-l2',
  L3: 'agent-l3',
  manager: 'admin',
};

/** Addresses of the people of a tier, as the directory knows them today. */
export function agentsOf({ directory, loginsWithRole }: Deps) {
  return async (tier: Tier | 'manager'): Promise<readonly AgentAddress[]> => {
    const logins = await loginsWithRole(ROLE_OF[tier]);
    const found = await Promise.all(logins.map((login) => directory.find(login)));
    return found.flatMap((people) =>
      people
        .slice(0, 1)
        .flatMap(({ login, mails: [email], lang, disabled }) =>
          email === undefined || disabled ? [] : [{ login, email, lang: lang ?? 'en' }],
        ),
    );
  };
}
