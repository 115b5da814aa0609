import type { TrailStep } from '../lib/trail-step.ts';
import type { PageContext, Portal } from './portal.ts';

interface Described {
  readonly text: string;
  readonly url?: string;
}

/** One step of a trail in the reader's words, with the page it is about where there is one. */
export function describeTrailStep(
  step: TrailStep,
  { t, lang, who }: Pick<PageContext, 't' | 'lang' | 'who'>,
  { articles }: Pick<Portal, 'articles'>,
): Described {
  const article = (id: string): string => {
    const found = articles.get(lang, id, who);
    return found.kind === 'found' ? found.article.title : id;
  };
  switch (step.kind) {
    case 'search':
      return {
        text: t('help.trail.search', { q: step.q, hits: step.hits }),
        url: `/${lang}/search?q=${encodeURIComponent(step.q)}`,
      };
    case 'category': {
      const category = articles.categories(lang, who).find(({ id }) => id === step.id);
      return {
        text: t('help.trail.category', { title: category?.title ?? step.id }),
        url: `/${lang}/articles/${step.id}/`,
      };
    }
    case 'article':
      return {
        text: t('help.trail.article', { title: article(step.id) }),
        url: `/${lang}/articles/${step.id}/`,
      };
    case 'vote':
      return {
        text: t(step.helpful ? 'help.trail.helpful' : 'help.trail.unhelpful', { title: article(step.id) }),
      };
    case 'fix':
      return { text: t(`help.trail.fix.${step.outcome}`, { title: t(`fixes.${step.id}.title`) }) };
    case 'incident':
      return { text: t(`help.trail.incident.${step.answer}`), url: `/${lang}/status/incidents/${step.id}` };
    case 'status':
      return { text: t('help.trail.status'), url: `/${lang}/status` };
  }
}
