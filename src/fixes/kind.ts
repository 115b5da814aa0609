import type { z } from 'zod';
import type { Lang } from '../lib/lang.ts';
import type { Who } from '../lib/who.ts';
import type { Budget } from './guards.ts';

/** What became of a repair. Only `verify` says `fixed`; that a program ended without complaint is no proof. */
export type FixOutcome = 'fixed' | 'not-effective' | 'failed' | 'unknown';

/** Who may start it. Everyone includes people who are not signed in. */
export type Audience = 'everyone' | 'staff' | 'agents' | 'admins';

/** How the one who starts it proves to be who they say. `mail-code` is asked for by the flow itself. */
export type Proof = 'none' | 'signed-in' | 'mail-code';

interface FixBase<I> {
  /** Kebab-case. Words: `fixes.<id>.title`, `.summary`, `.keywords` (comma-separated), `.step.<step>`. */
  readonly id: string;
  readonly audience: Audience;
  readonly proof: Proof;
  /** `none`: changes nothing. `low`: easily undone. `high`: needs approval. */
  readonly risk: 'none' | 'low' | 'high';
  readonly input: z.ZodType<I>;
  /** What happens, in order. */
  readonly steps: readonly string[];
}

/** A fix with pages of its own, where the person proves and chooses things. A run of it leads there. */
export interface FlowFix<I = unknown> extends FixBase<I> {
  readonly form: 'flow';
  /** Page without the language, such as `/recovery`. */
  readonly page: string;
  /** Begins the flow; the answer is the same for everybody. */
  begin(input: I, asking: Asking): Promise<{ readonly next: string; readonly cookies: readonly string[] }>;
  /** How far this browser has come, by its cookies; undefined when they do not tell. */
  progress(cookies: string | null): Promise<FlowProgress | undefined>;
}

export interface FlowProgress {
  /** How many of `steps` are done. */
  readonly done: number;
  readonly outcome?: FixOutcome;
  readonly ticket?: string;
}

/** A fix that runs by itself once it is started. */
export interface RunFix<I = unknown> extends FixBase<I> {
  readonly form: 'run';
  /** How often; default `BUDGET`. */
  readonly budget?: Budget;
  /** What it works on, for limits and leases: `<sort>:<id>`. */
  target(input: I, asking: Asking): string;
  /** What may be kept of the input; nothing about people who did not sign in. */
  keep(input: I): Readonly<Record<string, string>>;
  /** A reason not to begin (`fixes.reason.<reason>`), looked at before the first step. */
  precheck(input: I): Promise<string | undefined>;
  /** Calls `step` for each of `steps` as it goes. Throws when it could not be done. */
  run(input: I, progress: Progress): Promise<void>;
  /** Fresh evidence. */
  verify(input: I): Promise<FixOutcome>;
}

export type FixKind<I = unknown> = FlowFix<I> | RunFix<I>;

export interface Progress {
  step<T>(id: string, work: () => Promise<T>): Promise<T>;
}

export interface Asking {
  readonly who: Who;
  readonly lang: Lang;
  readonly ip: string;
}
