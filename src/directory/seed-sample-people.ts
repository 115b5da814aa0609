import type { Db } from '../db/db.ts';
import { newId } from '../lib/id.ts';
import { SAMPLE_PEOPLE, sampleMail } from './sample-people.ts';
import { addPerson } from './store.ts';

/** At the first start in sample mode; people that are there already are left as they are. */
export async function seedSamplePeople(db: Db, now: number): Promise<void> {
  await db.tx(async (tx) => {
    const known = await tx.selectFrom('person').select('login').execute();
    const logins = new Set(known.map(({ login }) => login));
    for (const person of SAMPLE_PEOPLE) {
      if (logins.has(person.login)) continue;
      await addPerson(tx, { ...person, id: newId(), mails: [sampleMail(person.login)] }, now);
    }
  });
}
