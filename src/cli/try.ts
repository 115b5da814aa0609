import { loadConfig } from '../config/config.ts';
import { answers } from '../db/answers.ts';
import { openDatabase } from '../db/open.ts';
import { FatalError } from '../lib/app-error.ts';
import { nearest } from '../lib/nearest.ts';
import { describeProblem } from '../lib/problem.ts';
import type { Catalogue, Monitor } from '../monitors/catalogue.ts';
import { conclude, observedFrom } from '../monitors/conclude.ts';
import type { PortalUnderWatch } from '../monitors/kind.ts';
import { readServiceFiles } from '../monitors/read-service-files.ts';
import { reasonText } from '../monitors/reason.ts';
import { runCheck } from '../monitors/run-check.ts';
import { secretsFrom } from '../monitors/secrets.ts';
import { readHeartbeat } from '../monitors/store.ts';
import { configBeside } from './with-core.ts';

/** `firstline try <monitor>`: one check, every condition with the value that it saw. Changes nothing. */
export async function tryMonitor([id]: readonly string[]): Promise<void> {
  if (!id) throw new FatalError('Which monitor? firstline try <id>; "firstline plan" lists them.');
  const monitor = find(catalogueNow(), id);
  const observation = await runCheck(monitor, portalBeside());
  const seen = observedFrom(observation, () => undefined);
  const { outcome, reason } = conclude(monitor, observation, () => observation.latencyMs);
  console.log(`${monitor.id} (${monitor.kind.kind}) ${monitor.target}`);
  for (const [severity, conditions] of [
    ['fail', monitor.fail],
    ['warn', monitor.warn],
  ] as const) {
    for (const condition of conditions) {
      const mark = condition.holds(seen) ? 'holds ' : 'broken';
      console.log(`  ${mark}  ${severity}  ${condition.text}  (${condition.shown(seen)})`);
    }
  }
  console.log(
    `  ${outcome}${reason ? `: ${reasonText(reason)}` : ''}  in ${observation.latencyMs.toFixed(1)} ms`,
  );
  if (outcome !== 'ok' && outcome !== 'warn') process.exitCode = 1;
}

export function catalogueNow(): Catalogue {
  const read = readServiceFiles(process.env.FIRSTLINE_ROOT ?? '.', secretsFrom(process.env));
  if (read.ok) return read.catalogue;
  throw new FatalError(
    `The service files have mistakes:\n${read.problems.map((p) => `  ${describeProblem(p)}`).join('\n')}`,
  );
}

function find(catalogue: Catalogue, id: string): Monitor {
  const monitor = catalogue.monitors.get(id);
  if (monitor) return monitor;
  const meant = nearest(id, [...catalogue.monitors.keys()]);
  throw new FatalError(`There is no monitor "${id}".${meant ? ` Did you mean "${meant}"?` : ''}`);
}

/** The portal beside this command: its address and its database, where they exist. */
function portalBeside(): PortalUnderWatch {
  const config = configBeside(process.env);
  const url = new URL(config.baseUrl);
  const open = () => openDatabase({ url: config.env.DATABASE_URL, dataDir: config.dataDir });
  return {
    dataDir: config.dataDir,
    commands: config.org.monitors.commands,
    address: () => ({
      host: '127.0.0.1',
      port: Number(url.port) || loadConfig(process.env).port,
      name: url.host,
    }),
    async askDatabase() {
      const db = await open();
      const isThere = await answers(db);
      await db.close();
      if (!isThere) throw new Error('no answer');
    },
    async lastBeat(monitor) {
      const db = await open();
      try {
        return await readHeartbeat(db.kysely, monitor);
      } finally {
        await db.close();
      }
    },
  };
}
