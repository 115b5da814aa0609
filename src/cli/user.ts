import type { Core } from '../core.ts';
import { AppError, FatalError } from '../lib/app-error.ts';
import { nearest } from '../lib/nearest.ts';
import { ROLES, type Role, type Who } from '../lib/who.ts';
import { withCore } from './with-core.ts';

const CONSOLE: Who = { kind: 'system', name: 'console' };
const USAGE = `firstline user list                              people with roles or sign-ins
firstline user link <login>                      a one-time sign-in link, good for 15 minutes
firstline user role <login> grant|revoke <role>  roles: ${ROLES.join(', ')}
firstline user reset-second-factor <login>       after a lost phone; the next sign-in sets up a new one`;

/** People, on the server's own console: whoever may run this may do everything anyway. */
export async function user(args: readonly string[]): Promise<void> {
  const [action, login, change, role] = args;
  if (action === 'list') return await withCore(process.env, list);
  if (action === 'link' && login) return await withCore(process.env, (core) => link(core, login));
  if (action === 'role' && login && (change === 'grant' || change === 'revoke') && role)
    return await withCore(process.env, (core) => changeRole(core, login, change, asRole(role)));
  if (action === 'reset-second-factor' && login)
    return await withCore(process.env, (core) => resetSecondFactor(core, login));
  throw new FatalError(`Not understood. This is what there is:\n${USAGE}`);
}

async function list({ access }: Core): Promise<void> {
  const people = await access.people(CONSOLE);
  for (const { login, name, roles, hasSecondFactor } of people) {
    const marks = [roles.join(', ') || 'no role', ...(hasSecondFactor ? ['second factor'] : [])];
    console.log(`${login.padEnd(20)} ${(name ?? '').padEnd(24)} ${marks.join('; ')}`);
  }
  if (people.length === 0) console.log('Nobody has a role or has signed in yet.');
}

async function link({ access }: Core, login: string): Promise<void> {
  const url = await access.createLink(login, 'system:console');
  if (!url) throw unknownPerson(login);
  console.log(url);
}

async function changeRole(
  { access }: Core,
  login: string,
  change: 'grant' | 'revoke',
  role: Role,
): Promise<void> {
  try {
    const isChanged = await access[change](CONSOLE, login, role);
    const has = change === 'grant' ? 'has' : 'does not have';
    console.log(`${login} ${isChanged ? `now ${has}` : `already ${has}`} the role ${role}.`);
  } catch (error) {
    if (error instanceof AppError && error.code === 'access.no-such-person') throw unknownPerson(login);
    if (error instanceof AppError && error.code === 'access.last-admin')
      throw new FatalError(`${login} is the last admin. Name another one first.`);
    throw error;
  }
}

async function resetSecondFactor({ access }: Core, login: string): Promise<void> {
  if (!(await access.resetSecondFactor(CONSOLE, login)))
    throw new FatalError(`${login} has no second factor.`);
  console.log(`The second factor of ${login} is removed, and all sessions are ended.`);
}

function asRole(typed: string): Role {
  const role = ROLES.find((known) => known === typed);
  if (role) return role;
  const meant = nearest(typed, ROLES);
  throw new FatalError(
    `There is no role "${typed}".${meant ? ` Did you mean "${meant}"?` : ''} Roles: ${ROLES.join(', ')}.`,
  );
}

const unknownPerson = (login: string): FatalError =>
  new FatalError(`The directory has no person "${login}", or more than one.`);
