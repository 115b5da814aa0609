import type { Health, MonitorState, Overlay } from './monitor-state.ts';
import type { Reason } from './reason.ts';

export type Outcome = 'ok' | 'warn' | 'fail' | 'unknown';

/** What is known of the monitors that this one depends on. */
export interface Parents {
  /** Id of one that is down. */
  readonly down: string | null;
  /** One of them is under suspicion: wait for its verdict. */
  readonly unsure: boolean;
}

export type MonitorEvent =
  | {
      readonly kind: 'result';
      readonly outcome: Outcome;
      readonly reason: Reason | null;
      readonly parents: Parents;
    }
  | { readonly kind: 'maintenance'; readonly active: boolean }
  | { readonly kind: 'blind'; readonly active: boolean };

export type AlertAbout = 'down' | 'recovered' | 'flapping' | 'steady';

export type Effect =
  | {
      readonly kind: 'transition';
      readonly seq: number;
      readonly at: number;
      readonly health: Health;
      readonly overlay: Overlay | null;
      readonly reason: Reason | null;
    }
  | { readonly kind: 'alert'; readonly about: AlertAbout; readonly health: Health }
  | { readonly kind: 'incident'; readonly change: 'open' | 'close' };

/** How many checks in a row it takes to believe a change. */
export interface Confirm {
  readonly fail: number;
  readonly recover: number;
}

export const NO_PARENTS: Parents = { down: null, unsure: false };
const NOTHING: readonly Effect[] = [];
const FLAP_WINDOW_MS = 30 * 60_000;
const FLAPS = 5;
const CALM = 2;

/**
 * What a monitor's state becomes and what follows from it. Pure: the same events give the same states.
 * A clock that was set back never makes time run backwards in the record.
 */
export function step(
  state: MonitorState,
  event: MonitorEvent,
  now: number,
  confirm: Confirm,
): readonly [MonitorState, readonly Effect[]] {
  const next = apply(state, event, confirm);
  if (next === state && state.changes.length === 0 && !state.flapping) return [state, NOTHING];
  return settle(state, next, Math.max(now, state.since));
}

/** A verdict is near: the next check comes after a short pause and not after the whole interval. */
export function isUnsettled(state: MonitorState): boolean {
  if (state.blind || state.suppressedBy !== null) return false;
  if (state.health === 'SUSPECT' || state.health === 'RECOVERING') return true;
  return state.health === 'NEW' && state.fails > 0;
}

function apply(state: MonitorState, event: MonitorEvent, confirm: Confirm): MonitorState {
  if (event.kind === 'maintenance')
    return event.active === state.maintenance ? state : { ...state, maintenance: event.active };
  if (event.kind === 'blind') return event.active === state.blind ? state : blinded(state, event.active);
  // While the checker itself is sick its results say nothing about the target.
  if (state.blind) return state;
  if (event.outcome === 'unknown') return withoutAnswer(state, event.reason, confirm);
  const seen = state.unknowns === 0 && !state.noData ? state : { ...state, unknowns: 0, noData: false };
  return event.outcome === 'fail'
    ? failed(seen, event.reason, event.parents, confirm)
    : answered(seen, event.outcome, event.reason, confirm);
}

/** Suspicions that rose while the checker fell sick are taken back. */
function blinded(state: MonitorState, active: boolean): MonitorState {
  const health = active && state.health === 'SUSPECT' ? state.before : state.health;
  return { ...state, blind: active, health, fails: 0, oks: 0, unknowns: 0, suppressedBy: null };
}

function withoutAnswer(state: MonitorState, reason: Reason | null, confirm: Confirm): MonitorState {
  if (state.noData) return state;
  const unknowns = state.unknowns + 1;
  return { ...state, unknowns, noData: unknowns >= confirm.fail, reason };
}

function answered(
  state: MonitorState,
  outcome: 'ok' | 'warn',
  reason: Reason | null,
  confirm: Confirm,
): MonitorState {
  const clean = { ...state, fails: 0, suppressedBy: null };
  switch (state.health) {
    case 'NEW':
      return { ...clean, health: 'UP', warns: outcome === 'warn' ? 1 : 0, oks: 0, reason: null };
    case 'SUSPECT':
      return { ...clean, health: state.before, oks: 0, reason: state.before === 'UP' ? null : reason };
    case 'UP':
      return outcome === 'warn' ? blemished(state, reason, confirm) : unblemished(state);
    case 'DEGRADED':
      return outcome === 'warn' ? stillDegraded(state) : clearing(state, confirm);
    case 'DOWN':
    case 'RECOVERING': {
      const oks = (state.health === 'DOWN' ? 0 : state.oks) + 1;
      if (oks < confirm.recover) return { ...clean, health: 'RECOVERING', oks };
      const well = outcome === 'warn' ? 'DEGRADED' : 'UP';
      return { ...clean, health: well, oks: 0, warns: 0, reason: outcome === 'warn' ? reason : null };
    }
  }
}

const unblemished = (state: MonitorState): MonitorState =>
  state.warns === 0 && state.reason === null ? state : { ...state, warns: 0, reason: null };

const blemished = (state: MonitorState, reason: Reason | null, confirm: Confirm): MonitorState =>
  state.warns + 1 >= confirm.fail
    ? { ...state, health: 'DEGRADED', warns: 0, oks: 0, reason }
    : { ...state, warns: state.warns + 1 };

const stillDegraded = (state: MonitorState): MonitorState => (state.oks === 0 ? state : { ...state, oks: 0 });

const clearing = (state: MonitorState, confirm: Confirm): MonitorState =>
  state.oks + 1 >= confirm.recover
    ? { ...state, health: 'UP', oks: 0, reason: null }
    : { ...state, oks: state.oks + 1 };

function failed(
  state: MonitorState,
  reason: Reason | null,
  parents: Parents,
  confirm: Confirm,
): MonitorState {
  if (state.health === 'DOWN') return state;
  const broken = { ...state, oks: 0, warns: 0, reason };
  if (state.health === 'RECOVERING') return { ...broken, health: 'DOWN' };
  const wasWell = state.health === 'UP' || state.health === 'DEGRADED';
  const before = wasWell ? (state.health as 'UP' | 'DEGRADED') : state.before;
  const suspicion: Health = state.health === 'NEW' ? 'NEW' : 'SUSPECT';
  // After a parent has come back the count begins anew: what failed because of it proves nothing.
  const fails = state.suppressedBy !== null && parents.down === null ? 1 : state.fails + 1;
  const suspect: MonitorState = { ...broken, health: suspicion, before, fails, suppressedBy: null };
  if (fails < confirm.fail) return suspect;
  if (parents.down !== null) return { ...suspect, fails: confirm.fail, suppressedBy: parents.down };
  return parents.unsure
    ? { ...suspect, fails: Math.max(1, confirm.fail - 1) }
    : { ...suspect, health: 'DOWN', fails: 0 };
}

function overlayOf(state: MonitorState): Overlay | null {
  if (state.maintenance) return 'MAINTENANCE';
  if (state.blind) return 'BLIND';
  if (state.suppressedBy !== null) return 'SUPPRESSED';
  if (state.noData) return 'UNKNOWN';
  return state.flapping ? 'FLAPPING' : null;
}

const isWell = (health: Health): boolean => health === 'UP' || health === 'DEGRADED';

/** From what the event did to the counters: the overlay, the transition, and who has to hear of it. */
function settle(
  old: MonitorState,
  next: MonitorState,
  at: number,
): readonly [MonitorState, readonly Effect[]] {
  const isHard =
    next.health !== old.health &&
    (next.health === 'DOWN' ? old.health !== 'RECOVERING' : isWell(next.health) && isDown(old.health));
  const kept = next.changes.filter((change) => change > at - FLAP_WINDOW_MS);
  const changes = isHard && !next.maintenance ? [...kept, at] : kept;
  const isLoud = !next.maintenance && !next.blind && next.suppressedBy === null && !next.noData;
  const flapping = isLoud ? isFlapping(next.flapping, changes.length) : next.flapping;
  const now = withNews(old, { ...next, changes, flapping }, isLoud);
  const overlay = overlayOf(now.state);
  if (overlay === old.overlay && next.health === old.health) {
    const same = kept.length === next.changes.length && next === old;
    return [same ? old : now.state, now.effects];
  }
  const seq = old.seq + 1;
  const state: MonitorState = { ...now.state, overlay, since: at, seq };
  const transition: Effect = {
    kind: 'transition',
    seq,
    at,
    health: state.health,
    overlay,
    reason: state.reason,
  };
  return [state, [transition, ...now.effects]];
}

const isDown = (health: Health): boolean => health === 'DOWN' || health === 'RECOVERING';
const isFlapping = (was: boolean, changes: number): boolean => (was ? changes > CALM : changes >= FLAPS);

interface News {
  readonly state: MonitorState;
  readonly effects: readonly Effect[];
}

function withNews(old: MonitorState, next: MonitorState, isLoud: boolean): News {
  const { health } = next;
  let { alerted, incident } = next;
  const effects: Effect[] = [];
  const tell = (about: AlertAbout) => effects.push({ kind: 'alert', about, health });
  const began = next.flapping && !old.flapping;
  const ended = old.flapping && !next.flapping;
  if (began) tell('flapping');
  else if (ended) {
    tell('steady');
    alerted = isDown(health);
  } else if (!next.flapping && !alerted && health === 'DOWN' && isLoud) {
    tell('down');
    alerted = true;
  } else if (!next.flapping && alerted && isWell(health)) {
    tell('recovered');
    alerted = false;
  }
  if (!incident && health === 'DOWN' && isLoud) {
    effects.push({ kind: 'incident', change: 'open' });
    incident = true;
  } else if (incident && isWell(health) && !next.flapping) {
    effects.push({ kind: 'incident', change: 'close' });
    incident = false;
  }
  return { state: { ...next, alerted, incident }, effects };
}
