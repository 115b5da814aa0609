import { createWriteStream, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { sql } from 'kysely';
import type { Db } from '../db/db.ts';
import { FatalError } from '../lib/app-error.ts';
import { withCore } from './with-core.ts';

/** Tables that hold nothing but keys to doors, or belong to the machinery. */
const LEFT_OUT =
  /^(kysely_|auth_(session|account|verification|two_factor|link|failure)$|person_password$|job$)/;
/** Columns of other tables that hold secrets or their hashes. */
const SECRET_COLUMN = /hash|secret|token|password|proof|sealed/;

/** `firstline export <folder>`: everything the portal knows, one JSON-lines file per table, without secrets. */
export async function exportAll([folder]: readonly string[]): Promise<void> {
  if (!folder) throw new FatalError('Where to? For example: firstline export exported');
  const target = resolve(folder);
  try {
    mkdirSync(target, { recursive: true });
  } catch {
    throw new FatalError(`The folder ${target} cannot be written.`);
  }
  if (readdirSync(target).length > 0) throw new FatalError(`The folder ${target} is not empty.`);
  await withCore(process.env, async ({ db }) => {
    const tables = (await db.kysely.introspection.getTables()).filter(
      ({ name, schema, isView }) =>
        !isView && !LEFT_OUT.test(name) && (schema === undefined || schema === 'public'),
    );
    for (const table of tables) {
      const columns = table.columns.map((column) => column.name).filter((name) => !SECRET_COLUMN.test(name));
      const rows = await exportTable(db, {
        name: table.name,
        columns,
        file: join(target, `${table.name}.jsonl`),
      });
      console.log(`${table.name.padEnd(28)} ${rows}`);
    }
  });
}

interface Part {
  readonly name: string;
  readonly columns: readonly string[];
  readonly file: string;
}

const PAGE = 1_000;

async function exportTable(db: Db, { name, columns, file }: Part): Promise<number> {
  const out = createWriteStream(file, { mode: 0o600 });
  const list = sql.join(columns.map((column) => sql.ref(column)));
  let count = 0;
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`
      select ${list} from ${sql.table(name)} order by ${list} limit ${PAGE} offset ${count}`.execute(
      db.kysely,
    );
    for (const row of rows) out.write(`${JSON.stringify(row, jsonable)}\n`);
    count += rows.length;
    if (rows.length < PAGE) break;
  }
  out.end();
  await finished(out);
  return count;
}

/** Packed columns are bytes; base64 carries them. */
const jsonable = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
