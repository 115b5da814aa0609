export interface Compared {
  /** Median of the first over median of the second: 1 when they are alike. */
  readonly ratio: number;
  /** How often the best threshold, learned on one half, is right about the other half: 0.5 is guessing. */
  readonly accuracy: number;
  readonly medianMs: readonly [number, number];
}

/** What somebody with a stopwatch could learn from two groups of times. */
export function compare(first: readonly number[], second: readonly number[]): Compared {
  const [a, b] = [median(first), median(second)];
  return { ratio: round(a / b), accuracy: round(accuracy(first, second)), medianMs: [round(a), round(b)] };
}

const half = (times: readonly number[], rest: 0 | 1): number[] => times.filter((_, i) => i % 2 === rest);

function accuracy(first: readonly number[], second: readonly number[]): number {
  const scores = ([0, 1] as const).map((learn) => {
    const test = learn === 0 ? 1 : 0;
    const { threshold, isFirstAbove } = bestThreshold(half(first, learn), half(second, learn));
    return share(half(first, test), half(second, test), threshold, isFirstAbove);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function bestThreshold(first: readonly number[], second: readonly number[]) {
  let best = { threshold: 0, isFirstAbove: true, score: 0 };
  for (const threshold of [...first, ...second]) {
    for (const isFirstAbove of [true, false]) {
      const score = share(first, second, threshold, isFirstAbove);
      if (score > best.score) best = { threshold, isFirstAbove, score };
    }
  }
  return best;
}

function share(
  first: readonly number[],
  second: readonly number[],
  threshold: number,
  isFirstAbove: boolean,
): number {
  const right =
    first.filter((ms) => ms > threshold === isFirstAbove).length +
    second.filter((ms) => ms > threshold !== isFirstAbove).length;
  return right / (first.length + second.length);
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
