/** The pure heart of recovery: which states a request may be in, and what may happen to it. */

export type RequestState =
  | 'requested'
  | 'suppressed'
  | 'queued'
  | 'mailed'
  | 'mail-failed'
  | 'proved'
  | 'setting'
  | 'applied'
  | 'unknown'
  | 'closed'
  | 'expired'
  | 'superseded'
  | 'reported'
  | 'escalated';

export type Outcome = 'verified' | 'reconciled' | 'not-eligible';

export interface Request {
  readonly state: RequestState;
  /** Until then the proof, or what was proved, is good. */
  readonly expiresAt: number;
  readonly setTries: number;
  readonly failures: number;
  readonly unknownSince: number | null;
  readonly outcome: Outcome | null;
  readonly reason: string | null;
}

export type RequestEvent =
  | { readonly type: 'suppress'; readonly reason: string }
  | { readonly type: 'queue' }
  | { readonly type: 'mail-accepted' }
  | { readonly type: 'mail-refused'; readonly code: string }
  | { readonly type: 'prove' }
  | { readonly type: 'claim' }
  | { readonly type: 'apply' }
  | { readonly type: 'refuse'; readonly reason: string }
  | { readonly type: 'fail'; readonly code: string }
  /** Nothing was asked of the directory: the claim is given back. */
  | { readonly type: 'release' }
  | { readonly type: 'time-out'; readonly code: string }
  | { readonly type: 'verify' }
  | { readonly type: 'find-applied' }
  | { readonly type: 'find-not-applied' }
  | { readonly type: 'find-ineligible'; readonly reason: string }
  | { readonly type: 'expire' }
  | { readonly type: 'supersede' }
  | { readonly type: 'report' }
  | { readonly type: 'escalate'; readonly reason: string };

export interface RequestSettings {
  readonly proofValidMs: number;
  readonly mostSetTries: number;
  readonly mostFailures: number;
  readonly mostUnknownMs: number;
}

export const REQUEST_SETTINGS = {
  mostSetTries: 10,
  mostFailures: 3,
  mostUnknownMs: 15 * 60_000,
} as const;

/** From where each event may come. Whatever is not here does not happen. */
const FROM: Readonly<Record<RequestEvent['type'], readonly RequestState[]>> = {
  suppress: ['requested'],
  queue: ['requested'],
  'mail-accepted': ['queued'],
  'mail-refused': ['requested', 'queued'],
  // A mail can be read before we hear that the server took it.
  prove: ['queued', 'mailed'],
  claim: ['proved'],
  apply: ['setting'],
  refuse: ['setting'],
  fail: ['setting', 'applied'],
  release: ['setting'],
  'time-out': ['setting', 'applied'],
  verify: ['applied'],
  'find-applied': ['setting', 'applied', 'unknown'],
  'find-not-applied': ['setting', 'unknown'],
  'find-ineligible': ['setting'],
  expire: ['queued', 'mailed', 'proved'],
  supersede: ['requested', 'queued', 'mailed', 'proved'],
  report: ['requested', 'queued', 'mailed', 'proved'],
  escalate: ['setting', 'applied', 'unknown'],
};

export const isFinal = (state: RequestState): boolean =>
  Object.values(FROM).every((from) => !from.includes(state));

/** The states from which `type` may happen: for the condition of the update that claims it. */
export const statesBefore = (type: RequestEvent['type']): readonly RequestState[] => FROM[type];

export interface Moment {
  readonly now: number;
  readonly settings: RequestSettings;
}

/** The request after `event`, or undefined when that cannot happen to it now. */
export function advance(request: Request, event: RequestEvent, moment: Moment): Request | undefined {
  if (!FROM[event.type].includes(request.state)) return undefined;
  const { now, settings } = moment;
  const isOver = request.expiresAt <= now;
  switch (event.type) {
    case 'suppress':
      return { ...request, state: 'suppressed', reason: event.reason };
    case 'queue':
      return { ...request, state: 'queued' };
    case 'mail-accepted':
      return { ...request, state: 'mailed', expiresAt: now + settings.proofValidMs };
    case 'mail-refused':
      return { ...request, state: 'mail-failed', reason: event.code };
    case 'prove':
      return isOver ? undefined : { ...request, state: 'proved', expiresAt: now + settings.proofValidMs };
    case 'claim':
      return isOver || request.setTries >= settings.mostSetTries
        ? undefined
        : { ...request, state: 'setting', setTries: request.setTries + 1, reason: null };
    case 'refuse':
      return { ...request, state: 'proved', reason: event.reason };
    case 'release':
      return { ...request, state: 'proved' };
    case 'find-not-applied':
      return { ...request, state: 'proved', unknownSince: null, expiresAt: now + settings.proofValidMs };
    case 'fail':
      return failed(request, event.code, settings);
    case 'time-out':
      return { ...request, state: 'unknown', reason: event.code, unknownSince: request.unknownSince ?? now };
    case 'apply':
      return { ...request, state: 'applied' };
    case 'verify':
      return { ...request, state: 'closed', outcome: 'verified' };
    case 'find-applied':
      return { ...request, state: 'closed', outcome: 'reconciled' };
    case 'find-ineligible':
      return { ...request, state: 'closed', outcome: 'not-eligible', reason: event.reason };
    case 'escalate':
      return { ...request, state: 'escalated', reason: event.reason };
    case 'expire':
      return isOver ? { ...request, state: 'expired' } : undefined;
    case 'supersede':
      return { ...request, state: 'superseded' };
    case 'report':
      return { ...request, state: 'reported' };
  }
}

function failed(request: Request, code: string, settings: RequestSettings): Request {
  const failures = request.failures + 1;
  const state = failures >= settings.mostFailures ? 'escalated' : 'proved';
  return { ...request, state, failures, reason: code };
}

export const isUnknownTooLong = (request: Request, { now, settings }: Moment): boolean =>
  request.unknownSince !== null && now - request.unknownSince >= settings.mostUnknownMs;
