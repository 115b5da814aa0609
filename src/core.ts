import { createAccess, seedSampleRoles } from './access/access.ts';
import { auditWriter } from './access/audit/store.ts';
import type { Access } from './access/contract.ts';
import type { Config } from './config/config.ts';
import { keyFor } from './config/key-for.ts';
import type { Db, Tx } from './db/db.ts';
import { openDatabase } from './db/open.ts';
import type { Directory } from './directory/contract.ts';
import { createDirectory } from './directory/create-directory.ts';
import { seedSamplePeople } from './directory/seed-sample-people.ts';
import type { AuditEntry } from './lib/audit.ts';
import type { Clock } from './lib/clock.ts';

/** What the portal and the command line beside it both stand on. */
export interface Core {
  readonly db: Db;
  readonly directory: Directory;
  readonly access: Access;
  readonly auditKey: Buffer;
  audit(tx: Tx, entry: AuditEntry): Promise<void>;
}

interface Settings {
  readonly config: Config;
  readonly clock: Clock;
  /** The portal owns the data folder; the command line works beside it. */
  readonly exclusive: boolean;
}

/** Opens the database and builds who is who; in sample mode with the sample people in it. */
export async function openCore({ config, clock, exclusive }: Settings): Promise<Core> {
  const db = await openDatabase({ url: config.env.DATABASE_URL, dataDir: config.dataDir, exclusive });
  try {
    if (config.sample) {
      await seedSamplePeople(db, clock.now());
      await seedSampleRoles(db, clock.now());
    }
    const auditKey = keyFor(config.secret, 'audit');
    const audit = auditWriter(auditKey, clock);
    const directory = createDirectory({ config, db, clock });
    return { db, directory, auditKey, audit, access: createAccess({ db, config, clock, directory, audit }) };
  } catch (error) {
    await db.close();
    throw error;
  }
}
