import { isIPv6 } from 'node:net';
import type { z } from 'zod';
import { defineKind } from '../kind.ts';
import { address, addressOf } from '../wire/address.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { printable } from '../wire/printable.ts';
import { clearPassword, login, starttls, verifyTls, WIRE_VALUES } from '../wire/settings.ts';

const PORTS = { smtp: 25, smtps: 465 };

/** A mail server greets, takes EHLO and, if asked, TLS and a login. No mail is sent. */
export const smtp = defineKind({
  kind: 'smtp',
  summary: 'A mail server greets and, if asked, takes TLS and a login',
  settings: {
    target: address(PORTS, 'smtp://mail.example.org:587'),
    starttls,
    verifyTls,
    auth: login.optional(),
  },
  values: { ...WIRE_VALUES, banner: 'text' },
  fail: ['connected'],
  mistakes({ target, starttls: upgraded, auth }) {
    const to = addressOf(target, PORTS);
    const secure = to.scheme === 'smtps' || upgraded;
    return clearPassword({ address: to, secure, auth, instead: 'starttls: true or smtps://' });
  },
  target: ({ target }) => target,
  check({ target, auth, ...settings }, context) {
    const { scheme, host, port } = addressOf(target, PORTS);
    const tls = scheme === 'smtps';
    const peer = { host, port, tls, verifyTls: settings.verifyTls };
    return converse(peer, context, (wire) => talk(wire, { auth, upgrade: settings.starttls && !tls }));
  },
});

interface Wishes {
  readonly auth: z.output<typeof login> | undefined;
  readonly upgrade: boolean;
}

async function talk(wire: Wire, { auth, upgrade }: Wishes): Promise<Heard> {
  const greeting = await reply(wire);
  if (greeting.code !== 220) throw knownFailure('wrong-answer', String(greeting.code));
  let offers = await hello(wire);
  if (upgrade) {
    if (!offers.has('STARTTLS')) throw knownFailure('no-starttls');
    await ask(wire, 'STARTTLS', 220);
    await wire.startTls();
    // What was offered in the clear may have been tampered with (RFC 3207 4.2).
    offers = await hello(wire);
  }
  if (auth) await signIn(wire, offers, auth);
  wire.bye('QUIT\r\n');
  return { values: { banner: printable(greeting.lines[0] ?? '') } };
}

async function hello(wire: Wire): Promise<ReadonlySet<string>> {
  const { localAddress: own } = wire;
  const { lines } = await ask(wire, `EHLO [${isIPv6(own) ? `IPv6:${own}` : own}]`, 250);
  const offers = lines.slice(1).map((line) => line.trim().toUpperCase());
  const methods = offers
    .filter((line) => /^AUTH[ =]/.test(line))
    .flatMap((line) => line.slice(5).split(/\s+/));
  return new Set([...offers, ...methods.map((method) => `AUTH ${method}`)]);
}

async function signIn(
  wire: Wire,
  offers: ReadonlySet<string>,
  { user, password }: z.output<typeof login>,
): Promise<void> {
  if (offers.has('AUTH PLAIN')) {
    await ask(wire, `AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235);
  } else if (offers.has('AUTH LOGIN')) {
    await ask(wire, 'AUTH LOGIN', 334);
    await ask(wire, base64(user), 334);
    await ask(wire, base64(password), 235);
  } else throw knownFailure('no-login-method');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

async function ask(wire: Wire, command: string, wanted: number): Promise<Reply> {
  wire.send(`${command}\r\n`);
  const answer = await reply(wire);
  if (answer.code === wanted) return answer;
  // 535 and its kin: the server knows the method and refuses the login.
  const refused = answer.code === 535 || answer.code === 534;
  throw knownFailure(refused ? 'login-refused' : 'wrong-answer', String(answer.code));
}

/** `250-first`, `250-second`, `250 last` (RFC 5321 4.2). */
async function reply(wire: Wire): Promise<Reply> {
  const lines: string[] = [];
  for (;;) {
    const line = await wire.line();
    const [, code, more, text = ''] = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line) ?? [];
    if (code === undefined) throw knownFailure('wrong-protocol');
    lines.push(text);
    if (more !== '-') return { code: Number(code), lines };
  }
}
