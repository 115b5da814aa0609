import { z } from 'zod';

/** 1042 → `FL-1042`, as people see it. */
export const ticketNumber = (number: number): string => `FL-${number}`;

const PATTERN = /^(?:fl-)?(\d{1,12})$/i;

/** `FL-1042`, `fl-1042`, `1042` → 1042; undefined when it is no ticket number. */
export function parseTicketNumber(text: string): number | undefined {
  const digits = PATTERN.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export const ticketNumberParam = z
  .string()
  .max(20)
  .meta({ description: 'The number as people see it', examples: ['FL-1042'] });
