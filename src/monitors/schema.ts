import { z } from 'zod';
import { duration } from '../lib/duration.ts';
import { type Condition, parseCondition } from './condition.ts';
import { cronProblem } from './cron-window.ts';
import type { MonitorKind } from './kind.ts';
import { MONITOR_KINDS } from './kinds/index.ts';

const id = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected an id of lower-case letters, digits and dashes')
  .meta({ description: 'Stable: history hangs on it' });

const word = z.string().min(1).max(200).optional();
const localText = z
  .strictObject({ en: word, fa: word, ar: word, ru: word })
  .refine((text) => Object.keys(text).length > 0, 'expected a text in at least one language')
  .meta({ description: 'A text per language; a missing language falls back to another one' });

const atLeast = (ms: number, text: string) =>
  duration.refine((value) => value >= ms && value <= 86_400_000, `expected ${text} to 1d`);

const confirm = z
  .strictObject({
    fail: z
      .int()
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Failures in a row until it counts as down' }),
    recheck: atLeast(1_000, '1s').optional().meta({ description: 'Pause before the next look at a suspect' }),
    recover: z
      .int()
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Successes in a row until it is well again' }),
  })
  .meta({ description: 'How many checks in a row it takes to believe a change' });

const timezone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'expected an IANA time zone such as Europe/Berlin or Asia/Tehran');

const cron = z.string().superRefine((text, ctx) => {
  const problem = cronProblem(text);
  if (problem) ctx.addIssue({ code: 'custom', message: problem, input: text });
});

const maintenance = z
  .strictObject({
    cron: cron.meta({ description: 'When it begins: minute hour day month weekday' }),
    for: duration.refine((ms) => ms >= 60_000 && ms <= 7 * 86_400_000, 'expected 1m to 7d'),
    tz: timezone.default('UTC'),
  })
  .meta({ description: 'A window that comes back: recorded, not charged, silent' });

const ticket = z
  .strictObject({
    tier: z.enum(['L1', 'L2', 'L3']).optional(),
    impact: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
    urgency: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
    after: duration.prefault('5m').meta({ description: 'Down for this long before a ticket opens' }),
  })
  .meta({ description: 'A ticket when it stays down; one per incident' });

const rhythm = {
  every: atLeast(1_000, '1s').optional(),
  timeout: atLeast(100, '100ms').optional(),
  confirm: confirm.optional(),
};

const common = {
  id,
  name: localText.optional(),
  ...rhythm,
  expect: z
    .strictObject({
      fail: z.array(z.string()).max(20).optional(),
      warn: z.array(z.string()).max(20).optional(),
    })
    .optional()
    .meta({
      description: 'Conditions that must hold; a broken `fail` is a failure, a broken `warn` a blemish',
    }),
  dependsOn: z.array(id).max(20).default([]).meta({ description: 'Ids of monitors or services' }),
  maintenance: z.array(maintenance).max(10).default([]),
  ticket: ticket.optional(),
};

const kindSchema = (kind: MonitorKind) =>
  z
    .strictObject({ ...kind.shape, ...common, kind: z.literal(kind.kind) })
    .meta({ description: kind.summary });

const [firstKind, ...otherKinds] = Object.values(MONITOR_KINDS).map(kindSchema);
if (!firstKind) throw new Error('no kinds of monitors');

const serviceShape = z.strictObject({
  id,
  name: localText,
  description: localText.optional(),
  group: id.default('other'),
  tier: z.enum(['L1', 'L2', 'L3']).default('L1').meta({ description: 'Who works on its tickets first' }),
  dependsOn: z.array(id).max(20).default([]).meta({ description: 'Ids of services' }),
  public: z.boolean().default(true).meta({ description: 'Shown on the status page' }),
});

/** One file of `monitors/`: a service and what watches it. */
export const serviceFileSchema = z.strictObject({
  service: serviceShape,
  defaults: z.strictObject({ ...rhythm, ticket: ticket.optional() }).prefault({}),
  monitors: z
    .array(z.discriminatedUnion('kind', [firstKind, ...otherKinds]))
    .max(5_000)
    .default([]),
});

export type ServiceFile = z.output<typeof serviceFileSchema>;

/** `monitors/_groups.yaml`: names and order of the groups on the status page. */
export const groupsFileSchema = z.strictObject({
  groups: z.array(z.strictObject({ id, name: localText })).max(100),
});

/** What all kinds share; the kind's own settings lie beside it. */
const commonSchema = z.object({ ...common, kind: z.string() });
export type CommonSettings = z.output<typeof commonSchema>;

/** The union of kinds is built at run time, so the compiler does not see that each branch has these. */
export const commonOf = (monitor: ServiceFile['monitors'][number]): CommonSettings =>
  monitor as unknown as CommonSettings;

export type MaintenanceWindow = z.output<typeof maintenance>;
export type TicketRule = z.output<typeof ticket>;

export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
}

/** The conditions of a monitor, or what is wrong with them; `path` is seen from the monitor. */
export function conditionsOf(
  kind: MonitorKind,
  severity: 'fail' | 'warn',
  texts: readonly string[] | undefined,
): { readonly conditions: readonly Condition[]; readonly mistakes: readonly Mistake[] } {
  const given = texts ?? (severity === 'fail' ? kind.fail : []);
  const conditions: Condition[] = [];
  const mistakes: Mistake[] = [];
  for (const [i, text] of given.entries()) {
    const parsed = parseCondition(text, kind.values);
    if (parsed.ok) conditions.push(parsed.condition);
    else mistakes.push({ ...parsed, path: ['expect', severity, i] });
  }
  return { conditions, mistakes };
}
