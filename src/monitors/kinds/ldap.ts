import {
  BindRequest,
  ExtendedRequest,
  FilterParser,
  MessageParser,
  ProtocolOperation,
  SearchEntry,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';
import { z } from 'zod';
import type { Value } from '../condition.ts';
import { defineKind } from '../kind.ts';
import { address, addressOf } from '../wire/address.ts';
import { converse, type Heard, type Wire } from '../wire/converse.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { withoutSecrets } from '../wire/printable.ts';
import { clearPassword, login, starttls, verifyTls, WIRE_VALUES } from '../wire/settings.ts';

const PORTS = { ldap: 389, ldaps: 636 };

const search = z
  .strictObject({
    base: z.string().max(1_000).default(''),
    scope: z.enum(['base', 'one', 'sub']).default('base'),
    filter: z
      .string()
      .max(2_000)
      .refine(isFilter, 'expected an LDAP filter such as (uid=alex)')
      .default('(objectClass=*)'),
    attributes: z.array(z.string().max(100)).max(20).default(['1.1']),
  })
  .meta({ description: 'What to look for; without attributes only the names are fetched' });

const settings = {
  target: address(PORTS, 'ldaps://directory.example.org'),
  starttls,
  verifyTls,
  auth: login.optional().meta({ description: 'DN and password to bind with; without, anonymous' }),
  search: search.optional(),
};

/** A directory takes a bind and finds what should be there. */
export const ldap = defineKind({
  kind: 'ldap',
  summary: 'A directory takes a bind and, if asked, a search finds what should be there',
  settings,
  values: { ...WIRE_VALUES, entries: 'number', 'entry.*': 'any' },
  fail: ['connected'],
  mistakes({ target, starttls: upgraded, auth, search: wanted }) {
    const to = addressOf(target, PORTS);
    const secure = to.scheme === 'ldaps' || upgraded;
    const clear = clearPassword({ address: to, secure, auth, instead: 'starttls: true or ldaps://' });
    const isLost = wanted?.base === '' && wanted.scope !== 'base';
    if (!isLost) return clear;
    return [...clear, { key: 'search', message: 'a search below something needs its base' }];
  },
  target: ({ target, search: wanted }) => (wanted?.base ? `${target} ${wanted.base}` : target),
  check({ target, verifyTls: verify, ...wishes }, context) {
    const { scheme, host, port } = addressOf(target, PORTS);
    const tls = scheme === 'ldaps';
    return converse({ host, port, tls, verifyTls: verify }, context, (wire) =>
      talk(wire, { ...wishes, upgrade: wishes.starttls && !tls, timeoutMs: context.timeoutMs }),
    );
  },
});

type Wishes = Pick<z.output<z.ZodObject<typeof settings>>, 'auth' | 'search'> & {
  readonly upgrade: boolean;
  readonly timeoutMs: number;
};

const START_TLS = '1.3.6.1.4.1.1466.20037';
/** More entries than this are not fetched; a condition on `entries` sees at most this many. */
const MOST_ENTRIES = 100;
const SIZE_LIMIT_EXCEEDED = 4;

async function talk(wire: Wire, { auth, search: wanted, upgrade, timeoutMs }: Wishes): Promise<Heard> {
  if (upgrade) {
    wire.send(new ExtendedRequest({ messageId: 1, oid: START_TLS }).write());
    const { status } = await answer(wire, ProtocolOperation.LDAP_RES_EXTENSION);
    if (status !== 0) throw knownFailure('no-starttls', String(status));
    await wire.startTls();
  }
  wire.send(new BindRequest({ messageId: 2, dn: auth?.user ?? '', password: auth?.password ?? '' }).write());
  const bound = await answer(wire, ProtocolOperation.LDAP_RES_BIND);
  if (bound.status !== 0) throw knownFailure(refusal(bound.status), String(bound.status));
  let heard: Heard = {};
  if (wanted) {
    wire.send(searchRequest(wanted, timeoutMs));
    heard = await found(wire, auth?.password);
  }
  wire.bye(new UnbindRequest({ messageId: 4 }).write());
  return heard;
}

/** Result codes of RFC 4511: wrong method, credentials, rights. */
const refusal = (status: number): string =>
  [7, 8, 13, 48, 49, 50, 53].includes(status) ? 'login-refused' : 'wrong-answer';

const searchRequest = (wanted: z.output<typeof search>, timeoutMs: number): Buffer =>
  new SearchRequest({
    messageId: 3,
    baseDN: wanted.base,
    scope: wanted.scope,
    filter: FilterParser.parseString(wanted.filter),
    attributes: wanted.attributes,
    sizeLimit: MOST_ENTRIES,
    timeLimit: Math.max(1, Math.ceil(timeoutMs / 1_000)),
  }).write();

async function found(wire: Wire, secret: string | undefined): Promise<Heard> {
  let entries = 0;
  let first: SearchEntry | undefined;
  for (;;) {
    const message = await next(wire);
    if (message instanceof SearchEntry) {
      entries++;
      first ??= message;
    } else if (message.protocolOperation === ProtocolOperation.LDAP_RES_SEARCH) {
      const status = statusOf(message);
      // No such object is an answer: there are no entries.
      if (status === 0 || status === 32 || status === SIZE_LIMIT_EXCEEDED) break;
      throw knownFailure('wrong-answer', String(status));
    } else if (message.protocolOperation !== ProtocolOperation.LDAP_RES_SEARCH_REF)
      throw knownFailure('wrong-protocol');
  }
  return { values: { entries }, lookup: (name) => attribute(first, name, secret) };
}

function attribute(entry: SearchEntry | undefined, name: string, secret: string | undefined): Value {
  if (!entry || !name.startsWith('entry.')) return undefined;
  const wanted = name.slice('entry.'.length).toLowerCase();
  const shown = (text: string) => withoutSecrets(text, [secret]);
  if (wanted === 'dn') return shown(entry.name);
  const value = entry.attributes.find(({ type }) => type.toLowerCase() === wanted)?.values[0];
  if (value === undefined) return undefined;
  const text = value.toString();
  return /^-?\d{1,15}$/.test(text) ? Number(text) : shown(text);
}

async function answer(wire: Wire, operation: number): Promise<{ readonly status: number }> {
  const message = await next(wire);
  if (message.protocolOperation !== operation) throw knownFailure('wrong-protocol');
  return { status: statusOf(message) };
}

const statusOf = (message: object): number =>
  'status' in message && typeof message.status === 'number' ? message.status : -1;

type Message = Parameters<Parameters<MessageParser['on']>[1]>[0];

async function next(wire: Wire) {
  const bytes = await wire.take(wholeMessage);
  const parser = new MessageParser();
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  parser.on('message', resolve);
  parser.on('error', () => reject(knownFailure('wrong-protocol')));
  parser.read(bytes, new Map());
  // All of it is here: what has not become a message by now never will.
  reject(knownFailure('wrong-protocol'));
  return promise;
}

/** A BER sequence with its length in the short or the long form (X.690 8.1.3). */
function wholeMessage(seen: Buffer): number | undefined {
  const [tag, first] = seen;
  if (tag !== undefined && tag !== 0x30) throw knownFailure('wrong-protocol');
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const bytes = first & 0x7f;
  if (bytes < 1 || bytes > 4) throw knownFailure('wrong-protocol');
  return seen.length < 2 + bytes ? undefined : 2 + bytes + seen.readUIntBE(2, bytes);
}

function isFilter(text: string): boolean {
  try {
    FilterParser.parseString(text);
    return true;
  } catch {
    return false;
  }
}
