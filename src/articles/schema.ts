import { z } from 'zod';
import { LANGS, type Lang } from '../lib/lang.ts';

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and dashes')
  .max(80);

/** `<category>/<slug>`: the same in all languages, so it names an article and its translations. */
const articleId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected <category>/<slug>, for example accounts/reset-password')
  .max(160);

const instant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => Date.parse(text))
  .meta({
    description: 'A date (midnight UTC) or a time with its zone, for example 2026-11-22T08:00:00+03:30',
  });

export const AUDIENCES = ['public', 'staff', 'agents'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The head of an article file, between the two `---` lines. */
export const frontMatterSchema = z.strictObject({
  title: z.string().min(1).max(120),
  /** One or two sentences: the answer in short, shown first and in search results. */
  summary: z.string().min(1).max(400),
  /** Id of the service that this is about: its state is shown when it is not well. */
  service: slug.optional(),
  /** Ids of fixes that solve this. */
  fixes: z.array(slug).max(5).default([]),
  /** Words people use that are not in the text. */
  keywords: z.array(z.string().min(1).max(80)).max(60).default([]),
  /** Old slugs (of this category) or old `<category>/<slug>`, which redirect here. */
  aliases: z.array(z.union([slug, articleId])).default([]),
  tags: z.array(slug).default([]),
  status: z.enum(['draft', 'review', 'published', 'archived']),
  publishAt: instant.optional(),
  /** After this day the article counts as stale. */
  reviewBy: z.iso.date().optional(),
  /** Login of the person who answers for the content. */
  owner: z.string().min(1).max(80),
  audience: z.enum(AUDIENCES),
  related: z.array(articleId).max(8).default([]),
  /** The source that this was translated from, and the hash of its body then. */
  translationOf: z
    .strictObject({
      lang: z.enum(LANGS),
      hash: z
        .string()
        .regex(/^[0-9a-f]{12}$/, 'expected the first 12 hexadecimal digits of the hash of the source'),
    })
    .optional(),
});

/** `content/<lang>/categories.yaml`: in the order of the pages. */
export const categoriesSchema = z.record(
  slug,
  z.strictObject({
    title: z.string().min(1).max(80),
    summary: z.string().min(1).max(200),
    /** Name of a drawing in the site's icon list. */
    icon: z.string().max(30).optional(),
  }),
);

/** `content/<lang>/synonyms.yaml`: groups of words that mean the same to people who search. */
export const synonymsSchema = z.array(z.array(z.string().min(1).max(60)).min(2)).nullish();

/** One article file, read and checked; its Markdown is rendered when somebody wants to see it. */
export interface Article extends z.output<typeof frontMatterSchema> {
  readonly lang: Lang;
  readonly category: string;
  readonly slug: string;
  /** `<category>/<slug>` */
  readonly id: string;
  /** `content/<lang>/<category>/<slug>.md`, for messages and for the edit link. */
  readonly file: string;
  readonly body: string;
  /** Lines of the file before the body. */
  readonly bodyOffset: number;
  /** First 12 hexadecimal digits of the SHA-256 of the trimmed body. */
  readonly hash: string;
}

export interface Category {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly icon?: string | undefined;
}
