import { randomBytes } from 'node:crypto';
import { Attribute, Change, type Client, PasswordPolicyControl } from 'ldapts';
import { boundAs, hangUp } from './connection.ts';
import { type LdapEntry, ldapEntry, textsOf } from './entry.ts';
import { failureCode, failureOf } from './failure.ts';
import { PASSWORD_MODIFY } from './password-modify.ts';
import { personAttributes } from './person.ts';
import { isThisMachine, type LdapSettings } from './settings.ts';

export interface CheckLine {
  readonly ok: boolean;
  readonly text: string;
}

const fine = (text: string): CheckLine => ({ ok: true, text });
const bad = (text: string): CheckLine => ({ ok: false, text });

/** Looks at everything that the portal needs of an LDAP directory, and at what its account should not be able to do. */
export async function checkLdap(settings: LdapSettings): Promise<readonly CheckLine[]> {
  let client: Client;
  try {
    client = await boundAs(settings, settings.bindDn, settings.bindPassword);
  } catch (error) {
    return [encryption(settings), bad(noSignIn(settings, failureCode(failureOf(error))))];
  }
  try {
    const lines = [encryption(settings), fine(`${settings.bindDn} can sign in`)];
    const person = await somebody(client, settings);
    if (!person) {
      lines.push(bad(`nobody matches ${settings.people.filter} below ${settings.people.base}`));
      return [...lines, ...(await groups(client, settings))];
    }
    lines.push(fine(`people are found below ${settings.people.base}`));
    lines.push(...(await server(client, settings)), ...(await groups(client, settings)));
    return [...lines, ...(await rights(client, settings, person))];
  } catch (error) {
    return [bad(`the directory stopped answering while it was looked at: ${failureCode(failureOf(error))}`)];
  } finally {
    hangUp(client);
  }
}

function encryption({ url, startTls }: LdapSettings): CheckLine {
  if (url.startsWith('ldaps:') || startTls) return fine(`${url} is encrypted, certificates are checked`);
  return isThisMachine(new URL(url).hostname)
    ? fine(`${url} is not encrypted, and does not leave this machine`)
    : bad(
        `${url} is not encrypted: passwords would cross the network in the clear. Use ldaps:// or startTls`,
      );
}

const noSignIn = ({ url, bindDn }: LdapSettings, code: string): string => {
  if (code === 'certificate')
    return `the certificate of ${url} is not trusted, or is for another name; set directory.caFile`;
  if (code === 'bind-refused') return `${url} refuses LDAP_BIND_DN ${bindDn} with LDAP_BIND_PASSWORD`;
  if (code === 'needs-tls') return `${url} wants encryption before anybody signs in: ldaps:// or startTls`;
  return `${url} cannot be used: ${code}`;
};

async function somebody(client: Client, settings: LdapSettings): Promise<LdapEntry | undefined> {
  try {
    const { searchEntries } = await client.search(settings.people.base, {
      filter: settings.people.filter,
      attributes: [...personAttributes(settings), 'userPassword', 'unicodePwd'],
      sizeLimit: 1,
    });
    return searchEntries.map(ldapEntry)[0];
  } catch (error) {
    if (failureOf(error).kind === 'answered') return undefined;
    throw error;
  }
}

async function server(client: Client, { flavour }: LdapSettings): Promise<CheckLine[]> {
  const attributes = ['supportedExtension', 'supportedControl'];
  const { searchEntries } = await client.search('', { scope: 'base', attributes });
  const [root] = searchEntries.map(ldapEntry);
  if (!root || flavour.name === 'ad') return [];
  return [
    textsOf(root, 'supportedExtension').includes(PASSWORD_MODIFY)
      ? fine('passwords can be set (RFC 3062)')
      : bad('the directory does not offer the Password Modify operation (RFC 3062)'),
    textsOf(root, 'supportedControl').includes(PasswordPolicyControl.type)
      ? fine('it tells why it refuses a password')
      : bad('it has no password policy: nothing locks after wrong passwords, nothing keeps a history'),
  ];
}

async function groups(
  client: Client,
  { privilegedGroups, flavour, people }: LdapSettings,
): Promise<CheckLine[]> {
  if (privilegedGroups.length === 0 && flavour.name === 'openldap')
    return [fine('directory.privilegedGroups is empty: administrators recover like everybody else')];
  const lines: CheckLine[] = [];
  for (const dn of privilegedGroups) {
    const found = await client.search(dn, { scope: 'base', attributes: ['1.1'] }).catch(() => undefined);
    if (found?.searchEntries.length) lines.push(fine(`${dn} is protected`));
    // The usual names are other ones in other languages.
    else if (!flavour.privilegedGroups(people.base).includes(dn))
      lines.push(bad(`${dn} of directory.privilegedGroups is not there, or must not be read`));
  }
  return lines;
}

/** Nobody's password, and not a hash of anything. */
const noSuchValue = (): string => `{SSHA}${randomBytes(36).toString('base64')}`;
const NO_SUCH_ATTRIBUTE = 16;
const NO_RIGHTS = 50;

/**
 * What the account may do is asked by changes that cannot happen: each begins with removing a value that is not
 * there, and a modify is carried out as a whole or not at all (RFC 4511, 4.6).
 */
async function rights(client: Client, settings: LdapSettings, person: LdapEntry): Promise<CheckLine[]> {
  const { people, flavour, bindDn } = settings;
  const tryTo = (attribute: string, remove: string, add?: string) =>
    probe(client, person.dn, [
      change('delete', attribute, remove),
      ...(add === undefined ? [] : [change('add', attribute, add)]),
    ]);
  const lines: CheckLine[] = [];
  const mail = people.mail[0] ?? 'mail';
  if ((await tryTo(mail, 'nobody@firstline.invalid')) === NO_SUCH_ATTRIBUTE)
    lines.push(
      bad(`${bindDn} may change ${mail}: who holds its password could send every code to themselves`),
    );
  if (['userpassword', 'unicodepwd'].some((name) => textsOf(person, name).length > 0))
    lines.push(bad(`${bindDn} may read the stored passwords; OpenLDAP: give it "=w" instead of "write"`));
  if (flavour.name !== 'openldap') return lines;

  const tooShort = await tryTo('userPassword', noSuchValue(), 'x');
  const password = await tryTo('userPassword', noSuchValue());
  if (password === NO_RIGHTS)
    lines.push(bad(`${bindDn} may not write userPassword: it cannot set passwords`));
  else if (tooShort === NO_SUCH_ATTRIBUTE)
    lines.push(
      bad(
        `${bindDn} stands above the password policy (rootdn, or "manage"): a password of one letter passes`,
      ),
    );
  else lines.push(fine(`${bindDn} may set passwords, and the password policy holds for it`));
  for (const [attribute, value, without] of [
    ['pwdAccountLockedTime', '19990101000000Z', 'it cannot unlock'],
    ['pwdReset', 'FALSE', 'people would have to change the password that they have just chosen'],
  ] as const) {
    const code = await tryTo(attribute, value);
    if (code === NO_RIGHTS) lines.push(bad(`${bindDn} may not write ${attribute}: ${without}`));
  }
  return lines;
}

const change = (operation: 'add' | 'delete', type: string, value: string): Change =>
  new Change({ operation, modification: new Attribute({ type, values: [value] }) });

/** The result code; 0 would mean that the impossible has happened. */
async function probe(client: Client, dn: string, changes: Change[]): Promise<number> {
  try {
    await client.modify(dn, changes);
    return 0;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'answered') throw error;
    return failure.code;
  }
}
