import type { Incident } from './schema.ts';

/** Folded for comparing: no case, no marks, Arabic and Persian letters that look alike made one. */
const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[يى]/g, 'ی')
    .replace(/ك/g, 'ک')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 3);

export interface Wanted {
  readonly service?: string | undefined;
  readonly text?: string | undefined;
}

/**
 * Open incidents that may be what somebody speaks of: of the service they name, else those whose service or title
 * shares most words with the text. `about` gives all names of the incident's services and its titles.
 */
export function matchIncidents(
  open: readonly Incident[],
  { service, text }: Wanted,
  about: (incident: Incident) => readonly string[],
): readonly Incident[] {
  if (service) {
    const named = open.filter((incident) => incident.services.includes(service));
    if (named.length > 0 || !text) return named;
  }
  const asked = new Set(words((text ?? '').slice(0, 2_000)));
  const scored = open.map((incident) => {
    const shares = about(incident).map((name) => share(words(name), asked));
    return { incident, score: Math.max(0, ...shares) };
  });
  const best = Math.max(0, ...scored.map(({ score }) => score));
  // A name of which one word of many is said by chance does not stand beside one that is meant.
  return scored.filter(({ score }) => score > 0 && score > best / 2).map(({ incident }) => incident);
}

const share = (name: readonly string[], asked: ReadonlySet<string>): number =>
  name.length === 0 ? 0 : name.filter((word) => asked.has(word)).length / name.length;
