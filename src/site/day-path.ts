import type { ServiceStatus } from '../monitors/status.ts';

type Bar = ServiceStatus['bars'][number];

/** Height of a day's bar out of ten: the state can be told without its colour. */
const HEIGHT: Readonly<Record<Bar['state'], number>> = {
  up: 6,
  partial: 8,
  down: 10,
  maintenance: 4,
  none: 1,
};

/** One SVG path for all days of each state: ninety small boxes would be most of the page. */
export function dayPaths(
  bars: readonly Bar[],
): readonly { readonly state: Bar['state']; readonly d: string }[] {
  return (Object.keys(HEIGHT) as Bar['state'][]).flatMap((state) => {
    const d = bars
      .map((bar, i) => (bar.state === state ? `M${i} 10h.7v-${HEIGHT[state]}h-.7z` : ''))
      .join('');
    return d === '' ? [] : [{ state, d }];
  });
}

/** Never rounded up: 99.999 % is not 100 %. */
export const shownShare = (share: number): number => Math.floor(share * 10_000) / 10_000;
