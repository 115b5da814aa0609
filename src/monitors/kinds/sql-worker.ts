import type { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Value } from '../condition.ts';
import type { Observation } from '../kind.ts';
import type { Address } from '../wire/address.ts';
import { knownFailure } from '../wire/known-failure.ts';
import { printable, withoutSecrets } from '../wire/printable.ts';
import { type Driver, throughDriver } from '../wire/through-driver.ts';

/** All that a check needs, as plain data. */
export interface Question {
  readonly to: Address;
  readonly auth: { readonly user: string; readonly password: string };
  readonly query: string;
  readonly tls: boolean;
  readonly verifyTls: boolean;
  readonly timeoutMs: number;
  /** Authorities to trust, as PEM. */
  readonly ca: readonly string[];
}

/** An observation that can be handed from thread to thread. */
export interface Told extends Omit<Observation, 'lookup'> {
  readonly row?: ReadonlyMap<string, Value>;
}

async function ask(question: Question): Promise<Told> {
  const { to, tls, verifyTls, timeoutMs } = question;
  const start = to.scheme.startsWith('postgres') ? askPostgres : askMysql;
  let row: ReadonlyMap<string, Value> | undefined;
  const keep = (seen: ReadonlyMap<string, Value>) => {
    row = seen;
  };
  const peer = { host: to.host, port: to.port, tls, verifyTls };
  const seen = await throughDriver(peer, { timeoutMs }, (socket) => start(socket, question, keep));
  return row ? { ...seen, row } : seen;
}

type Keep = (row: ReadonlyMap<string, Value>) => void;

/** Certificates are judged by `throughDriver`, before the library says anything. */
const anyCertificate = (ca: readonly string[]) => ({ rejectUnauthorized: false, ca: [...ca] });

const databaseOf = ({ path }: Address): string | undefined => decodeURIComponent(path.slice(1)) || undefined;

async function askPostgres(
  socket: Socket,
  { to, auth, query, tls, timeoutMs, ca }: Question,
  keep: Keep,
): Promise<Driver> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: to.host,
    port: to.port,
    user: auth.user,
    password: auth.password,
    database: databaseOf(to) ?? 'postgres',
    application_name: 'firstline',
    ssl: tls ? { ...anyCertificate(ca), checkServerIdentity: () => undefined } : false,
    stream: () => socket,
  });
  client.on('error', () => {});
  const answer = async () => {
    await client.connect();
    await client.query('begin read only');
    await client.query(`set local statement_timeout = ${timeoutMs}`);
    // The extended protocol takes one statement only.
    const result = await client.query({ text: query, rowMode: 'array', queryMode: 'extended' } as {
      text: string;
    });
    const names = result.fields.map(({ name }) => name);
    const numbers = new Set(
      result.fields.flatMap(({ dataTypeID }, i) => (NUMERIC_OIDS.has(dataTypeID) ? [i] : [])),
    );
    const [first = []]: unknown[][] = result.rows;
    const values = first.map((value, i) => (numbers.has(i) && value !== null ? Number(value) : value));
    return { rows: result.rows.length, names, values };
  };
  return {
    talk: () => answered(answer(), auth.password, keep),
    // Not in the library's types: the part of the client that holds the connection.
    stream: () => (client as unknown as { connection: { stream: unknown } }).connection.stream,
  };
}

/** int8 and numeric, which the library leaves as text. */
const NUMERIC_OIDS = new Set([20, 1700]);

/** MariaDB and MySQL each read their own comment, and take the limit in their own unit. */
const limits = (ms: number): string =>
  `set session /*M! max_statement_time = ${ms / 1_000}, */ /*!50708 max_execution_time = ${ms}, */ autocommit = 1`;

async function askMysql(
  socket: Socket,
  { to, auth, query, tls, timeoutMs, ca }: Question,
  keep: Keep,
): Promise<Driver> {
  const { createConnection } = await import('mysql2');
  socket.connect(to.port, to.host);
  const database = databaseOf(to);
  const connection = createConnection({
    host: to.host,
    port: to.port,
    user: auth.user,
    password: auth.password,
    ...(database === undefined ? {} : { database }),
    ...(tls ? { ssl: anyCertificate(ca) } : {}),
    // A server may ask for files of the client; not of this one.
    flags: ['-LOCAL_FILES'],
    connectTimeout: timeoutMs,
    decimalNumbers: true,
    supportBigNumbers: true,
    dateStrings: true,
    disableEval: true,
    stream: socket,
  });
  connection.on('error', () => {});
  const run = (text: string) => connection.promise().query({ sql: text, rowsAsArray: true });
  const answer = async () => {
    await run(limits(timeoutMs));
    await run('start transaction read only');
    const [rows, fields = []] = await run(query);
    const all: unknown[] = Array.isArray(rows) ? rows : [];
    const first: unknown[] = Array.isArray(all[0]) ? all[0] : [];
    return { rows: all.length, names: fields.map(({ name }) => name), values: first };
  };
  return {
    talk: () => answered(answer(), auth.password, keep),
    stream: () => (connection as unknown as { stream: unknown }).stream,
  };
}

interface Answer {
  readonly rows: number;
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

async function answered(asked: Promise<Answer>, secret: string, keep: Keep) {
  const { rows, names, values } = await asked.catch((error: unknown) => {
    throw databaseFailure(error);
  });
  const shown = values.map((value) => plain(value, secret));
  keep(new Map(names.map((name, i) => [`row.${name}`, shown[i]])));
  return { values: { rows, value: shown[0] } };
}

function plain(value: unknown, secret: string): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? json(value) : String(value);
  return printable(withoutSecrets(text, [secret]), 1_000);
}

const json = (value: object): string =>
  Buffer.isBuffer(value) ? value.toString('hex') : JSON.stringify(value);

const REFUSED = new Set(['28000', '28P01', 'ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR']);
const NO_TLS = 'The server does not support SSL connections';
const NOT_UNDERSTOOD = /^(PROTOCOL_(?!CONNECTION_LOST)|HANDSHAKE_|ERR_OUT_OF_RANGE|ERR_BUFFER)/;

/** An SQLSTATE or MySQL's name of an error, and no system error such as EPIPE. */
const SQL_CODE = /^(?!E[A-Z]+$)([0-9A-Z]{5}|ER_[A-Z0-9_]{1,60})$/;

/** By code only: a database's message may hold anything. */
function databaseFailure(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (message === NO_TLS || code === 'HANDSHAKE_NO_SSL_SUPPORT') return knownFailure('no-starttls');
  if (typeof code !== 'string') return error;
  if (REFUSED.has(code)) return knownFailure('login-refused', code);
  if (code === 'PROTOCOL_CONNECTION_LOST') return knownFailure('closed-early');
  if (NOT_UNDERSTOOD.test(code)) return knownFailure('wrong-protocol');
  return SQL_CODE.test(code) ? knownFailure('query-failed', code) : error;
}

parentPort?.postMessage('ready');
// workerData is what sql.ts has put there.
parentPort?.postMessage(await ask(workerData as Question));
