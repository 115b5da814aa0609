import { z } from 'zod';
import type { Value, ValueTypes } from './condition.ts';
import type { Reason } from './reason.ts';

/** What one check saw. Exactly one of `failure` and `unknown` may be set; conditions then are not asked. */
export interface Observation {
  readonly latencyMs: number;
  /** The target did not do its work. */
  readonly failure?: Reason;
  /** The check could not be made (no program, no permission): says nothing about the target. */
  readonly unknown?: Reason;
  readonly values: Readonly<Record<string, Value>>;
  /** For values that are named by the target: `body.$.db`, `header.x-version`. */
  lookup?(name: string): Value;
}

/** What a check may use of the portal. */
export interface CheckContext {
  readonly monitor: string;
  /** The check must have ended after this long, whatever the target does. */
  readonly timeoutMs: number;
  /** First names of the values that conditions ask for: a body nobody asks for is not kept. */
  readonly wants: ReadonlySet<string>;
  readonly portal: PortalUnderWatch;
}

/** The portal as a target of its own monitors. */
export interface PortalUnderWatch {
  /** Where it listens, and the name it answers to: for targets such as `portal:/healthz`. */
  address(): { readonly host: string; readonly port: number; readonly name: string };
  readonly dataDir: string;
  /** Rejects when the database does not answer. */
  askDatabase(): Promise<void>;
  /** The last sign of life that a job sent to a heartbeat monitor. */
  lastBeat(monitor: string): Promise<Beat | undefined>;
  /** What `command` monitors may start, from firstline.yaml: the first words of a command. Without it, nothing. */
  readonly commands?: readonly (readonly string[])[];
}

export interface Beat {
  /** UTC ms. */
  readonly at: number;
  readonly ok: boolean;
  readonly message?: string;
}

/** A sort of check. One file in `kinds/`, one line in `kinds/index.ts`, one test, words in four languages. */
export interface MonitorKind {
  readonly kind: string;
  /** One line for the reference and for editors. */
  readonly summary: string;
  readonly shape: z.ZodRawShape;
  /** Without `every` in the file. */
  readonly everyMs: number;
  readonly values: ValueTypes;
  /** Conditions of a monitor that has no `expect.fail`. */
  readonly fail: readonly string[];
  /** Mistakes that the schema cannot see. */
  mistakes?(settings: unknown): readonly { readonly key: string; readonly message: string }[];
  /** What is watched, for people and for telling unrelated targets apart. Never a secret. */
  target(settings: unknown): string;
  check(settings: unknown, context: CheckContext): Promise<Observation>;
}

interface Definition<S extends z.ZodRawShape> {
  readonly kind: string;
  readonly summary: string;
  readonly settings: S;
  readonly everyMs?: number;
  readonly values: ValueTypes;
  readonly fail: readonly string[];
  mistakes?(
    settings: z.output<z.ZodObject<S>>,
  ): readonly { readonly key: string; readonly message: string }[];
  target(settings: z.output<z.ZodObject<S>>): string;
  check(settings: z.output<z.ZodObject<S>>, context: CheckContext): Promise<Observation>;
}

/** Ties settings and check of a kind together; the registry then sees all kinds alike. */
export function defineKind<S extends z.ZodRawShape>(definition: Definition<S>): MonitorKind {
  const { settings: shape, everyMs = 60_000, mistakes, target, check, ...rest } = definition;
  // The engine hands every kind only what the schema made of `shape` has let through.
  const typed = (settings: unknown) => settings as z.output<z.ZodObject<S>>;
  return {
    ...rest,
    shape,
    everyMs,
    ...(mistakes ? { mistakes: (settings: unknown) => mistakes(typed(settings)) } : {}),
    target: (settings) => target(typed(settings)),
    check: (settings, context) => check(typed(settings), context),
  };
}

/** A host name or address, and a port. */
export const hostAndPort = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):([1-9]\d{0,4})$/,
    'expected host:port, for example mail.example.org:993',
  )
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'expected a port up to 65535')
  .meta({ description: 'host:port; an IPv6 address in brackets' });

export function splitHostPort(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

export const sinceMs = (started: number): number => performance.now() - started;
