import type { Logger } from 'pino';
import type { Db, Tx } from '../db/db.ts';
import type { IncidentBook } from '../incidents/incidents.ts';
import type { Impact } from '../incidents/schema.ts';
import type { AuditEntry } from '../lib/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { BEAT_LEASE } from './lease.ts';
import type { LiveMonitor } from './live-monitor.ts';
import type { Effect } from './step.ts';
import { LeaseLost, requireLease, writeStates, writeTransitions } from './store.ts';

/** Transitions and what follows from them, written together, several monitors in one transaction. */
export interface Ledger {
  note(live: LiveMonitor, effects: readonly Effect[]): void;
  /** Until everything noted so far is written, or could not be. */
  flush(): Promise<void>;
  waiting(): number;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly incidents: IncidentBook;
  readonly holder: string;
  readonly impactOf: (live: LiveMonitor) => Impact;
  readonly audit?: ((tx: Tx, entry: AuditEntry) => Promise<void>) | undefined;
  readonly onWritten: () => void;
  readonly onLeaseLost: () => void;
}

interface Noted {
  readonly live: LiveMonitor;
  readonly effects: Effect[];
  readonly impact: Impact;
}

// Long enough to put a crowd of changes into one commit, short enough that nobody sees it.
const GATHER_MS = 100;
const RETRY_MS = 2_000;

export function createLedger(deps: Deps): Ledger {
  const { db, clock, log, incidents, holder, impactOf } = deps;
  let pending = new Map<string, Noted>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function later(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeOnce);
    return writing;
  }

  async function writeOnce(): Promise<void> {
    if (pending.size === 0) return;
    const batch = [...pending.values()];
    pending = new Map();
    try {
      await db.tx((tx) => write(tx, batch));
    } catch (error) {
      if (error instanceof LeaseLost) {
        deps.onLeaseLost();
        return;
      }
      log.error({ err: error, monitors: batch.length }, 'monitors: transitions could not be written yet');
      putBack(batch);
      later(RETRY_MS);
      return;
    }
    await incidents
      .refresh()
      .catch((error: unknown) => log.error({ err: error }, 'monitors: incidents not read'));
    deps.onWritten();
  }

  function putBack(batch: readonly Noted[]): void {
    const newer = pending;
    pending = new Map(batch.map((noted) => [noted.live.id, noted]));
    for (const [id, noted] of newer) {
      const older = pending.get(id);
      if (older) older.effects.push(...noted.effects);
      else pending.set(id, noted);
    }
  }

  async function write(tx: Tx, batch: readonly Noted[]): Promise<void> {
    await requireLease(tx, BEAT_LEASE, holder);
    const transitions = batch.flatMap(({ live, effects }) =>
      effects.flatMap((effect) => {
        if (effect.kind !== 'transition') return [];
        const { kind: _, ...transition } = effect;
        return [{ ...transition, monitor: live.no }];
      }),
    );
    await writeTransitions(tx, transitions);
    const rows = batch.map(({ live: { id, no, monitor, state } }) => ({
      id,
      no,
      service: monitor.service,
      state,
    }));
    await writeStates(tx, rows, clock.now());
    for (const noted of batch) await writeConsequences(tx, noted);
  }

  async function writeConsequences(tx: Tx, { live, effects, impact }: Noted): Promise<void> {
    const { id: monitor, service } = live.monitor;
    for (const effect of effects) {
      if (effect.kind === 'incident') {
        const at = clock.now();
        if (effect.change === 'open') await incidents.monitorDown(tx, { monitor, service, impact, at });
        else await incidents.monitorUp(tx, monitor, at);
      } else if (effect.kind === 'alert') {
        const details = { health: effect.health, reason: live.state.reason?.code ?? null };
        await deps.audit?.(tx, {
          actor: 'system:monitors',
          action: `monitors.${effect.about}`,
          subject: monitor,
          details,
        });
      }
    }
  }

  return {
    note(live, effects) {
      if (effects.length === 0) return;
      const known = pending.get(live.id);
      if (known) known.effects.push(...effects);
      else pending.set(live.id, { live, effects: [...effects], impact: impactOf(live) });
      later(GATHER_MS);
    },
    flush,
    waiting: () => pending.size,
  };
}
