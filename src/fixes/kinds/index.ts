import type { FixKind } from '../kind.ts';
import { type AccountRecovery, recoverAccount } from './recover-account.ts';
import { remindUsername } from './remind-username.ts';
import { type CheckAgain, runCheckAgain } from './run-check-again.ts';

/** What kinds need from other features; a kind without its part is not offered. */
export interface FixParts {
  readonly recovery: AccountRecovery;
  readonly checks?: CheckAgain;
}

/** A kind's input type is its own business; the runner parses with the kind's schema before it calls. */
const erased = <I>(kind: FixKind<I>): FixKind => kind as unknown as FixKind;

/** Every fix there is, by id. To add one: a file here and a line below. */
export function fixKinds({ recovery, checks }: FixParts): Readonly<Record<string, FixKind>> {
  return {
    'reset-password': erased(recoverAccount('reset-password', 'reset', recovery)),
    'unlock-account': erased(recoverAccount('unlock-account', 'unlock', recovery)),
    'remind-username': erased(remindUsername(recovery)),
    ...(checks ? { 'run-check-again': erased(runCheckAgain(checks)) } : {}),
  };
}
