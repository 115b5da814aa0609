import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `20s`, `1.5h`, `7d` → milliseconds; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text.trim());
  if (!match) return undefined;
  const [, amount, unit] = match;
  return Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}

/** zod type: a duration as people write it in YAML (`20s`, `5m`, `7d`), milliseconds in code. */
export const duration = z
  .string()
  .meta({ description: 'A duration: a number and ms, s, m, h or d', examples: ['20s', '5m', '7d'] })
  .transform((text, ctx) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    ctx.addIssue({ code: 'custom', message: 'expected a duration such as 20s, 5m or 7d', input: text });
    return z.NEVER;
  });
