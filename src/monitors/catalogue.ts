import type { LocalText } from '../lib/lang.ts';
import type { Tier } from '../lib/who.ts';
import type { Condition } from './condition.ts';
import type { MonitorKind } from './kind.ts';
import type { MaintenanceWindow, TicketRule } from './schema.ts';
import type { Confirm } from './step.ts';

/** Everything that the files in `monitors/` say, checked and with all defaults filled in. */
export interface Catalogue {
  readonly groups: readonly Group[];
  readonly services: ReadonlyMap<string, Service>;
  readonly monitors: ReadonlyMap<string, Monitor>;
}

export interface Group {
  readonly id: string;
  readonly name: LocalText;
}

export interface Service {
  readonly id: string;
  readonly name: LocalText;
  readonly description?: LocalText;
  readonly group: string;
  readonly tier: Tier;
  readonly dependsOn: readonly string[];
  readonly public: boolean;
  readonly monitors: readonly string[];
  readonly file: string;
}

export interface Monitor {
  readonly id: string;
  readonly service: string;
  readonly name?: LocalText;
  readonly kind: MonitorKind;
  /** Settings of the kind, secrets filled in. Never shown. */
  readonly settings: unknown;
  readonly target: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly recheckMs: number;
  readonly confirm: Confirm;
  readonly fail: readonly Condition[];
  readonly warn: readonly Condition[];
  /** First names of the values that the conditions ask for. */
  readonly wants: ReadonlySet<string>;
  /** Ids of monitors whose failure explains this one's. */
  readonly parents: readonly string[];
  readonly maintenance: readonly MaintenanceWindow[];
  readonly ticket?: TicketRule;
}

export const EMPTY_CATALOGUE: Catalogue = { groups: [], services: new Map(), monitors: new Map() };
