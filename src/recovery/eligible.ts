import type { DirectoryPerson } from '../directory/contract.ts';

/** Why nothing is sent. Only logs and agents ever see it. */
export type SuppressReason =
  | 'unknown'
  | 'ambiguous'
  | 'disabled'
  | 'locked-by-admin'
  | 'privileged'
  | 'no-contact'
  | 'frozen'
  | 'over-limit';

export type Eligibility =
  | { readonly eligible: true; readonly person: DirectoryPerson; readonly to: string }
  | { readonly eligible: false; readonly reason: SuppressReason; readonly person?: DirectoryPerson };

/** May the one who was found recover the account by themselves, and where does the mail go? */
export function eligibility(found: readonly DirectoryPerson[], identifier: string): Eligibility {
  const [person] = found;
  if (!person) return { eligible: false, reason: 'unknown' };
  if (found.length > 1) return { eligible: false, reason: 'ambiguous' };
  const reason = accountProblem(person);
  if (reason) return { eligible: false, reason, person };
  const to = addressFor(person, identifier);
  return to === undefined
    ? { eligible: false, reason: 'no-contact', person }
    : { eligible: true, person, to };
}

/** What keeps an account out of self-service, asked before the mail and once more before the password is set. */
export function accountProblem(person: DirectoryPerson): SuppressReason | undefined {
  if (person.disabled) return 'disabled';
  if (person.lockedByAdmin) return 'locked-by-admin';
  if (person.privileged) return 'privileged';
  return undefined;
}

/** Always the directory's own spelling: the one that was typed if it is known, else the first. */
function addressFor(person: DirectoryPerson, identifier: string): string | undefined {
  const typed = fold(identifier);
  return person.mails.find((mail) => fold(mail) === typed) ?? person.mails[0];
}

const fold = (address: string): string => address.normalize('NFKC').toLowerCase().trim();

/** These leave a person without any way on, so an agent hears of them. */
const NEEDS_AGENT: readonly SuppressReason[] = ['ambiguous', 'no-contact', 'privileged'];

export const needsAgent = (reason: SuppressReason): boolean => NEEDS_AGENT.includes(reason);
