import { z } from 'zod';
import type { LocalText } from '../lib/lang.ts';

export const IMPACTS = ['minor', 'major', 'critical'] as const;
export type Impact = (typeof IMPACTS)[number];

export const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

export const MAINTENANCE_KINDS = ['preventive', 'corrective', 'adaptive'] as const;
export type MaintenanceKind = (typeof MAINTENANCE_KINDS)[number];

/** What is said to people: a template of ours, which exists in all languages, or what somebody wrote. */
export type Said =
  | { readonly key: string; readonly params: Readonly<Record<string, string | number>> }
  | { readonly text: LocalText };

const written = (most: number) => {
  const word = z.string().trim().min(1).max(most).optional();
  return z
    .strictObject({ en: word, fa: word, ar: word, ru: word })
    .refine((text) => Object.values(text).some(Boolean), 'expected a text in at least one language');
};

const serviceId = z.string().min(1).max(60);

export const newIncidentSchema = z.strictObject({
  title: written(200),
  text: written(5_000),
  services: z.array(serviceId).min(1).max(50),
  impact: z.enum(IMPACTS),
});

export const newUpdateSchema = z.strictObject({
  status: z.enum(INCIDENT_STATUSES),
  text: written(5_000),
});

export const newMaintenanceSchema = z
  .strictObject({
    title: written(200),
    text: written(5_000),
    kind: z.enum(MAINTENANCE_KINDS),
    services: z.array(serviceId).min(1).max(50),
    /** UTC epoch milliseconds. */
    startsAt: z.int().min(0),
    endsAt: z.int().min(0),
  })
  .refine((window) => window.endsAt > window.startsAt, { path: ['endsAt'], error: 'must be after startsAt' });

export type NewIncident = z.output<typeof newIncidentSchema>;
export type NewUpdate = z.output<typeof newUpdateSchema>;
export type NewMaintenance = z.output<typeof newMaintenanceSchema>;

export interface Incident {
  readonly id: string;
  readonly origin: 'monitor' | 'person';
  readonly title: Said;
  readonly impact: Impact;
  readonly status: IncidentStatus;
  readonly services: readonly string[];
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly updatedAt: number;
  /** How many people said "me too". */
  readonly joined: number;
  readonly ticket: string | null;
  /** Oldest first. */
  readonly updates: readonly Update[];
}

export interface Update {
  readonly id: string;
  readonly at: number;
  readonly status: IncidentStatus;
  readonly body: Said;
  readonly by: string;
}

export interface Maintenance {
  readonly id: string;
  readonly title: Said;
  readonly body: Said;
  readonly kind: MaintenanceKind;
  readonly services: readonly string[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
