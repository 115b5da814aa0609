import { type TrailStep, trailStepSchema } from '../lib/trail-step.ts';

const MOST_STEPS = 20;
/** A cookie may have 4096 bytes with its name and flags; the signature needs its share too. */
const MOST_BYTES = 3_400;
const TYPING_MS = 15_000;

/**
 * The trail with one more step. Going back to the same page is no new step, and words that are typed on
 * (`pri`, `print`, `printer`) are one search, the last.
 */
export function withStep(trail: readonly TrailStep[], step: TrailStep): readonly TrailStep[] {
  const last = trail.at(-1);
  if (last && isSame(last, step)) return trail;
  const replaces = last !== undefined && isTypedOn(last, step);
  return [...(replaces ? trail.slice(0, -1) : trail), step].slice(-MOST_STEPS);
}

function isSame(a: TrailStep, b: TrailStep): boolean {
  const { at: _a, ...left } = a;
  const { at: _b, ...right } = b;
  return JSON.stringify(left) === JSON.stringify(right);
}

const isTypedOn = (last: TrailStep, step: TrailStep): boolean =>
  last.kind === 'search' &&
  step.kind === 'search' &&
  step.at - last.at < TYPING_MS &&
  (step.q.startsWith(last.q) || last.q.startsWith(step.q));

/** For a cookie: base64url of JSON; the oldest steps go when it gets too long. */
export function packTrail(trail: readonly TrailStep[]): string {
  for (let steps = trail.slice(-MOST_STEPS); ; steps = steps.slice(1)) {
    const packed = Buffer.from(JSON.stringify(steps)).toString('base64url');
    if (packed.length <= MOST_BYTES || steps.length === 0) return packed;
  }
}

/** Steps that today's portal does not understand are left out. */
export function unpackTrail(packed: string): readonly TrailStep[] {
  try {
    const steps: unknown = JSON.parse(Buffer.from(packed, 'base64url').toString('utf8'));
    if (!Array.isArray(steps)) return [];
    return steps.flatMap((step) => {
      const parsed = trailStepSchema.safeParse(step);
      return parsed.success ? [parsed.data] : [];
    });
  } catch {
    return [];
  }
}

/** What a path tells by itself: a read article or an opened category. */
export function stepOfPath(path: string, at: number): TrailStep | undefined {
  const match = /^\/(?:en|fa|ar|ru)\/articles\/([a-z0-9-]{1,80})(?:\/([a-z0-9-]{1,100}))?\/?$/.exec(path);
  if (!match) return undefined;
  const [, category = '', slug] = match;
  return slug === undefined
    ? { kind: 'category', at, id: category }
    : { kind: 'article', at, id: `${category}/${slug}` };
}
