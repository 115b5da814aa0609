import type { Admin } from '../access/admin/admin.ts';
import type { Access } from '../access/contract.ts';
import type { Articles } from '../articles/articles.ts';
import type { Organisation } from '../config/schema.ts';
import type { Fixes } from '../fixes/fixes.ts';
import type { Help } from '../help/help.ts';
import type { HelpSearch } from '../help/search.ts';
import type { OfferedFix } from '../help/search-match.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { MeToo } from '../incidents/me-too.ts';
import type { Lang, LocalText } from '../lib/lang.ts';
import type { TrailStep } from '../lib/trail-step.ts';
import type { Who } from '../lib/who.ts';
import type { Monitors } from '../monitors/monitors.ts';
import type { Status } from '../monitors/status.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Recovery } from '../recovery/contract.ts';
import type { Desk } from '../tickets/desk.ts';
import type { deskForm, requestForm } from '../tickets/desk-form.ts';
import type { Requests } from '../tickets/requester.ts';

/**
 * What pages may ask for: the features' faces, handed over by `main` as `Astro.locals.portal`.
 * Types only; a page imports no feature at run time, since Astro would bundle a second copy of it.
 */
export interface Portal {
  readonly org: Organisation;
  readonly sample: boolean;
  readonly baseUrl: string;
  readonly articles: Articles;
  readonly search: HelpSearch;
  /** The OpenAPI 3.1 document of everything below `/api/v1`. */
  readonly openApi: () => object;
  /** Fixes that this person may start, most used first. */
  readonly fixesFor: (lang: Lang, who: Who) => readonly OfferedFix[];
  readonly access: Access;
  /** Tickets as agents work on them. */
  readonly desk: Desk & ReturnType<typeof deskForm>;
  /** Tickets as their requesters see them. */
  readonly requests: Requests & { readonly submit: ReturnType<typeof requestForm> };
  readonly help: Help & typeof import('../help/form.ts');
  readonly admin: Admin;
  readonly recovery: Recovery;
  /** Mail is disturbed: messages wait for more than ten minutes. */
  readonly isMailLate: () => Promise<boolean>;
  /** The runner of fixes; `fixesFor` is what to offer. */
  readonly fixRuns: Fixes;
  /** Sample mode only: the mails that were written. */
  readonly outbox?: Outbox;
  readonly status: Status;
  readonly incidents: Incidents;
  readonly monitors: Monitors;
  readonly meToo: MeToo;
  /** Services as they are now; absent while nothing watches them. */
  readonly services?: () => Promise<readonly ServiceNow[]>;
}

/** A service as pages and search results show it. */
export interface ServiceNow {
  readonly id: string;
  readonly name: LocalText;
  readonly state: 'up' | 'degraded' | 'down' | 'maintenance' | 'unknown' | 'paused';
  /** UTC ms since when it is in this state. */
  readonly since: number;
}

/** What a page knows about this request, as `Astro.locals.page`. */
export interface PageContext {
  readonly lang: Lang;
  readonly dir: 'ltr' | 'rtl';
  readonly theme: 'light' | 'dark' | 'auto';
  readonly who: Who;
  readonly ip: string;
  readonly requestId: string;
  readonly now: number;
  /** The path without the language, beginning with a slash: for the links to the other languages. */
  readonly pathInLang: string;
  t(key: string, values?: Readonly<Record<string, string | number | Date>>): string;
  dateTime(at: number): string;
  date(at: number): string;
  time(at: number): string;
  relative(at: number): string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /**
   * This page is the same for every anonymous reader until one of these changes; it may be kept in memory.
   * `articles`: content; `status`: states, incidents, maintenance.
   */
  keep(...tags: readonly KeepTag[]): void;
  /** What this person tried so far; kept in their own browser. */
  readonly tried: readonly TrailStep[];
  /** Adds a step to it, such as a search with its hits. Visits of articles and categories are added by themselves. */
  trail(step: TrailStep): void;
}

export type KeepTag = 'articles' | 'status';
