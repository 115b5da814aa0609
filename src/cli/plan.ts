import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../db/open.ts';
import type { Monitor } from '../monitors/catalogue.ts';
import { readMonitors } from '../monitors/store.ts';
import { catalogueNow } from './try.ts';
import { configBeside } from './with-core.ts';

const MARK = { new: '+', gone: '-', kept: ' ' } as const;

/** `firstline plan`: what the service files would change about what is watched now. */
export async function plan(): Promise<void> {
  const { monitors } = catalogueNow();
  const known = await watchedNow();
  const rows = [...monitors.values()].map((one) => ({ mark: known.has(one.id) ? MARK.kept : MARK.new, one }));
  for (const { mark, one } of rows) console.log(`${mark} ${describe(one)}`);
  const gone = [...known].filter((id) => !monitors.has(id));
  for (const id of gone) console.log(`${MARK.gone} ${id}  (its history stays)`);
  const fresh = rows.filter(({ mark }) => mark === MARK.new).length;
  const perSecond = [...monitors.values()].reduce((sum, { everyMs }) => sum + 1_000 / everyMs, 0);
  console.log(
    `${monitors.size} monitors: ${fresh} new, ${gone.length} gone; ${perSecond.toFixed(1)} checks per second.`,
  );
}

const describe = ({ id, kind, target, everyMs, timeoutMs, confirm, parents }: Monitor): string =>
  [
    id.padEnd(28),
    kind.kind.padEnd(10),
    `every ${everyMs / 1_000} s`.padEnd(14),
    `timeout ${timeoutMs / 1_000} s`.padEnd(14),
    `down after ${confirm.fail}`.padEnd(14),
    target,
    parents.length > 0 ? `needs ${parents.join(', ')}` : '',
  ]
    .join('  ')
    .trimEnd();

/** Monitors that the database knows. */
async function watchedNow(): Promise<ReadonlySet<string>> {
  const config = configBeside(process.env);
  if (!config.env.DATABASE_URL && !existsSync(join(config.dataDir, 'firstline.db'))) return new Set();
  const db = await openDatabase({ url: config.env.DATABASE_URL, dataDir: config.dataDir });
  try {
    return new Set((await readMonitors(db.kysely)).map(({ id }) => id));
  } finally {
    await db.close();
  }
}
