import type { z } from 'zod';
import { defineKind } from '../kind.ts';
import { address, addressOf } from '../wire/address.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { printable } from '../wire/printable.ts';
import { clearPassword, login, starttls, verifyTls, WIRE_VALUES } from '../wire/settings.ts';

const PORTS = { imap: 143, imaps: 993 };

/** A mailbox server greets, tells what it can and, if asked, takes TLS and a login. No mailbox is opened. */
export const imap = defineKind({
  kind: 'imap',
  summary: 'A mailbox server greets and, if asked, takes TLS and a login',
  settings: {
    target: address(PORTS, 'imaps://mail.example.org'),
    starttls,
    verifyTls,
    auth: login.optional(),
  },
  values: { ...WIRE_VALUES, banner: 'text' },
  fail: ['connected'],
  mistakes({ target, starttls: upgraded, auth }) {
    const to = addressOf(target, PORTS);
    const secure = to.scheme === 'imaps' || upgraded;
    return clearPassword({ address: to, secure, auth, instead: 'starttls: true or imaps://' });
  },
  target: ({ target }) => target,
  check({ target, auth, ...settings }, context) {
    const { scheme, host, port } = addressOf(target, PORTS);
    const tls = scheme === 'imaps';
    const peer = { host, port, tls, verifyTls: settings.verifyTls };
    return converse(peer, context, (wire) => talk(wire, { auth, upgrade: settings.starttls && !tls }));
  },
});

interface Wishes {
  readonly auth: z.output<typeof login> | undefined;
  readonly upgrade: boolean;
}

async function talk(wire: Wire, { auth, upgrade }: Wishes): Promise<Heard> {
  const greeting = await wire.line();
  const [, state, banner = ''] = /^\* (OK|PREAUTH)\b ?(.*)$/i.exec(unlessBye(greeting)) ?? [];
  if (state === undefined) throw knownFailure('wrong-protocol');
  const ask = tagged(wire);
  let offers = capabilities(await ask('CAPABILITY'));
  if (upgrade) {
    if (!offers.has('STARTTLS')) throw knownFailure('no-starttls');
    await ask('STARTTLS');
    await wire.startTls();
    offers = capabilities(await ask('CAPABILITY'));
  }
  if (auth && state.toUpperCase() !== 'PREAUTH') await signIn(ask, offers, auth);
  wire.bye('z LOGOUT\r\n');
  return { values: { banner: printable(banner) } };
}

/** Sends a command; what it is asked to continue with goes out when the server says `+`. */
type Ask = (command: string, continuation?: string) => Promise<readonly string[]>;

function tagged(wire: Wire): Ask {
  let number = 0;
  return async (command, continuation) => {
    const tag = `a${++number}`;
    wire.send(`${tag} ${command}\r\n`);
    const untagged: string[] = [];
    for (;;) {
      const line = await wire.line();
      if (line.startsWith(`${tag} `)) {
        expectOk(line.slice(tag.length + 1), command);
        return untagged;
      }
      if (line.startsWith('+') && continuation !== undefined) wire.send(`${continuation}\r\n`);
      else if (line.startsWith('* ')) untagged.push(unlessBye(line));
      else throw knownFailure('wrong-protocol');
    }
  };
}

function expectOk(status: string, command: string): void {
  if (/^OK\b/i.test(status)) return;
  const no = /^NO\b/i.test(status);
  const refused = no && /^(AUTHENTICATE|LOGIN)/.test(command);
  throw knownFailure(refused ? 'login-refused' : 'wrong-answer', no ? 'NO' : 'BAD');
}

function unlessBye(line: string): string {
  if (/^\* BYE\b/i.test(line)) throw knownFailure('wrong-answer', 'BYE');
  return line;
}

const capabilities = (untagged: readonly string[]): ReadonlySet<string> =>
  new Set(
    untagged
      .filter((line) => /^\* CAPABILITY /i.test(line))
      .flatMap((line) => line.toUpperCase().split(' ').slice(2)),
  );

async function signIn(
  ask: Ask,
  offers: ReadonlySet<string>,
  { user, password }: z.output<typeof login>,
): Promise<void> {
  if (offers.has('AUTH=PLAIN')) {
    await ask('AUTHENTICATE PLAIN', Buffer.from(`\0${user}\0${password}`).toString('base64'));
    return;
  }
  if (offers.has('LOGINDISABLED')) throw knownFailure('no-login-method');
  await ask(`LOGIN ${quoted(user)} ${quoted(password)}`);
}

/** A secret is data: it must not be able to end the line and begin a command. */
function quoted(text: string): string {
  if (/[\r\n\0]/.test(text)) throw knownFailure('no-login-method');
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
