import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Whether the database answers within 2 s. */
export async function answers(db: Db): Promise<boolean> {
  const asked = sql`select 1`.execute(db.kysely).then(
    () => true,
    () => false,
  );
  return await Promise.race([
    asked,
    new Promise<false>((resolve) => setTimeout(resolve, 2_000, false).unref()),
  ]);
}
