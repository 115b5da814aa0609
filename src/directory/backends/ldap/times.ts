const GENERALIZED =
  /^(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2}))?)?(?:[.,](\d+))?(?:Z|([+-])(\d{2})(\d{2})?)$/;

/** Generalized Time (RFC 4517, 3.3.13) → epoch milliseconds. `000001010000Z` is no moment and gives undefined. */
export function generalizedTime(text: string | undefined): number | undefined {
  const match = GENERALIZED.exec(text ?? '');
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute, second, fraction, sign, zoneH, zoneM] = match;
  if (Number(year) === 0) return undefined;
  const smallest = second !== undefined ? 1_000 : minute !== undefined ? 60_000 : 3_600_000;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  const ahead = (Number(zoneH ?? 0) * 60 + Number(zoneM ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return at + Math.floor(Number(`0.${fraction ?? 0}`) * smallest) - ahead;
}

/** Epoch milliseconds → `20260102030405Z`. */
export const toGeneralizedTime = (at: number): string =>
  `${new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`;

const FROM_1601_TO_1970_MS = 11_644_473_600_000n;
const NEVER = 0x7fff_ffff_ffff_ffffn;

/** Active Directory: steps of 100 ns since 1601. 0 and "never" are no moments and give undefined. */
export function fileTime(text: string | undefined): number | undefined {
  if (!/^\d{1,19}$/.test(text ?? '')) return undefined;
  const steps = BigInt(text ?? 0);
  return steps === 0n || steps >= NEVER ? undefined : Number(steps / 10_000n - FROM_1601_TO_1970_MS);
}
