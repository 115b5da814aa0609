import { type Translate, translator } from '../i18n/words.ts';
import type { Lang } from '../lib/lang.ts';
import type { FixKind } from './kind.ts';
import type { FixView, RunView } from './schema.ts';
import type * as store from './store.ts';

export function fixView(kind: FixKind, lang: Lang): FixView {
  const t = translator(lang);
  return {
    id: kind.id,
    title: t(`fixes.${kind.id}.title`),
    summary: t(`fixes.${kind.id}.summary`),
    url: `/${lang}/fixes/${kind.id}`,
    form: kind.form,
    proof: kind.proof,
    risk: kind.risk,
    steps: kind.steps.map((step) => t(`fixes.step.${step}`)),
    keywords: t(`fixes.${kind.id}.keywords`).split(/\s*[,،]\s*/),
  };
}

export function runView(row: store.FixRunRow, steps: readonly store.StepNow[], lang: Lang): RunView {
  const t = translator(lang);
  return {
    id: row.id,
    fix: row.fix,
    title: t(`fixes.${row.fix}.title`),
    state: row.state,
    steps: steps.map((step) => ({ ...step, name: t(`fixes.step.${step.id}`) })),
    message: messageOf(row, t),
    ...(row.ticket ? { ticket: row.ticket } : {}),
    createdAt: row.created_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  };
}

const messageOf = (row: store.FixRunRow, t: Translate): string =>
  row.reason === null ? t(`fixes.state.${row.state}`) : t(`fixes.reason.${row.reason}`);
