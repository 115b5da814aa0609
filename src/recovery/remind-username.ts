import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { JobKind } from '../jobs/contract.ts';
import { newId } from '../lib/id.ts';
import { LANGS } from '../lib/lang.ts';
import { tooMany } from './ask.ts';
import type { Recovery, RecoveryDeps } from './contract.ts';
import { askLimits, mailLimits } from './limits.ts';
import { usernameMail } from './mails.ts';
import { organisationName } from './parts.ts';
import * as store from './store.ts';

/** The user name by mail, to the address that it belongs to. Whoever asks learns nothing. */
export function createRemindUsername(deps: RecoveryDeps): Pick<Recovery, 'remindUsername'> {
  const { db, jobs, clock, log, config, directory, notify } = deps;
  const jitterMs = deps.jitterMs ?? 1_500;
  const payload = z.object({ id: z.string(), identifier: z.string(), lang: z.enum(LANGS) });

  const job: JobKind<z.output<typeof payload>> = {
    name: 'recovery.remind-username',
    payload,
    attempts: 6,
    backoffMs: 1_000,
    async run({ id, identifier, lang }) {
      // A shared address gets one mail for each of its accounts: they are all that person's own business.
      for (const person of await directory.find(identifier)) {
        const [to] = person.mails;
        if (to === undefined || person.disabled) continue;
        const now = clock.now();
        await db.tx(async (tx) => {
          const { waitMs } = await store.takeHits(tx, mailLimits(config.org.recovery, person.id, to), now);
          if (waitMs !== undefined) return;
          const words = person.lang ?? lang;
          await notify.send(
            tx,
            usernameMail({
              key: `recovery-username:${id}:${person.id}`,
              to,
              lang: words,
              baseUrl: config.baseUrl,
              organisation: organisationName(deps, words),
              name: person.name,
              login: person.login,
            }),
          );
        });
        log.info({ request: id }, 'recovery: user name sent');
      }
    },
  };
  jobs.define(job);

  return {
    async remindUsername({ identifier, lang, ip }) {
      const now = clock.now();
      const id = newId();
      const runAt = now + (jitterMs > 0 ? randomInt(jitterMs) : 0);
      const waitMs = await db.tx(async (tx) => {
        const taken = await store.takeHits(tx, askLimits(config.org.recovery, ip), now);
        if (taken.waitMs === undefined) await jobs.enqueue(tx, job, { id, identifier, lang }, { runAt });
        return taken.waitMs;
      });
      if (waitMs !== undefined) throw tooMany(waitMs);
    },
  };
}
