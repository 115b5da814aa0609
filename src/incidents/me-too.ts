import { AppError } from '../lib/app-error.ts';
import type { Who } from '../lib/who.ts';
import type { Incidents } from './incidents.ts';

export type MeTooAnswer =
  | { readonly ok: true; readonly joined: number }
  | { readonly ok: false; readonly status: number; readonly code: string };

/** "Me too" of whoever asks, as a page's form and the API take it. */
export type MeToo = (incident: string, who: Who, ip: string) => Promise<MeTooAnswer>;

export function createMeToo(
  incidents: Incidents,
  contactOf: (ip: string, incident: string) => string,
): MeToo {
  return async (incident, who, ip) => {
    const contact = who.kind === 'person' ? `person:${who.login}` : contactOf(ip, incident);
    try {
      return { ok: true, joined: await incidents.join(incident, contact) };
    } catch (error) {
      if (error instanceof AppError) return { ok: false, status: error.status, code: error.code };
      throw error;
    }
  };
}
