import type { Analyser } from './analysis/analyser.ts';
import { wordsOf } from './analysis/words.ts';

/** Phrases of a group mean the same; each is a list of stems. */
type Group = readonly (readonly string[])[];

/** A phrase of the query that has synonyms: words from `at`, `length` of them. */
export type Replaceable = { readonly at: number; readonly length: number; readonly others: Group };

export type Synonyms = { readonly find: (stems: readonly string[]) => Replaceable[] };

const stemmed = (phrase: string, analyser: Analyser): string =>
  wordsOf(phrase, analyser.lang).map(analyser.stem).join(' ');

/**
 * Groups as the index carries them: stems already, one group per line, and only those that can lead anywhere,
 * that is with at least one phrase whose words occur in the articles.
 */
export function packSynonyms(
  groups: readonly (readonly string[])[],
  analyser: Analyser,
  occurs: (stem: string) => boolean,
): string {
  const lines = groups
    .map((group) =>
      [...new Set(group.map((phrase) => stemmed(phrase, analyser)))].filter((phrase) => phrase !== ''),
    )
    .filter((group) => group.length > 1 && group.some((phrase) => phrase.split(' ').every(occurs)))
    .map((group) => group.join(';'));
  return [...new Set(lines)].join('\n');
}

export function readSynonyms(packed: string): Synonyms {
  const byFirst = new Map<string, { readonly phrase: readonly string[]; readonly group: Group }[]>();
  for (const line of packed === '' ? [] : packed.split('\n')) {
    const group = line.split(';').map((phrase) => phrase.split(' '));
    for (const phrase of group) {
      const first = phrase[0] ?? '';
      const known = byFirst.get(first);
      if (known) known.push({ phrase, group });
      else byFirst.set(first, [{ phrase, group }]);
    }
  }
  return {
    find: (stems) =>
      stems.flatMap((stem, at) =>
        (byFirst.get(stem) ?? [])
          .filter(({ phrase }) => phrase.every((part, i) => stems[at + i] === part))
          .map(({ phrase, group }) => ({
            at,
            length: phrase.length,
            others: group.filter((other) => other !== phrase),
          })),
      ),
  };
}
