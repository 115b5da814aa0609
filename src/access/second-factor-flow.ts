import { renderSVG } from 'uqr';
import type { Enrolment, SecondFactorResult, Visit } from './contract.ts';
import { homeOf } from './home-of.ts';
import { codeHashOf, digitsOf } from './second-factor-code.ts';
import { headersFor, type SignInDeps } from './sign-in.ts';
import { dropSessionsOf, useCode } from './store.ts';

const CHALLENGE = /(?:__Secure-)?firstline\.two_factor=[^;]+/;
/** better-auth's recovery codes: two groups of five. */
const RECOVERY_CODE = /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/;

/** The code from the app: set up at the first sign-in that needs it, asked for at all later ones. */
export function createSecondFactorFlow(deps: SignInDeps) {
  const { auth, db, sessions } = deps;

  const enrolling = async (visit: Visit) => {
    const session = await sessions.read(visit.headers);
    return session?.worth === 'must-enrol' ? session : undefined;
  };

  async function signedIn(
    login: string,
    cookies: readonly string[],
    home: string,
  ): Promise<SecondFactorResult> {
    sessions.forget();
    await db.tx((tx) =>
      deps.audit(tx, {
        actor: login,
        action: 'access.sign-in',
        subject: login,
        details: { via: 'second-factor' },
      }),
    );
    return { outcome: 'signed-in', cookies, home };
  }

  return {
    async secondFactorNeed(visit: Visit): Promise<'code' | 'enrol' | 'nothing'> {
      if (await enrolling(visit)) return 'enrol';
      return CHALLENGE.test(visit.headers.get('cookie') ?? '') ? 'code' : 'nothing';
    },
    async beginEnrolment(visit: Visit): Promise<Enrolment | undefined> {
      if (!(await enrolling(visit))) return undefined;
      const made = await auth.api.enableTwoFactor({ headers: headersFor(visit), body: { method: 'totp' } });
      return made.method === 'totp' ? enrolmentOf(made.totpURI, made.backupCodes) : undefined;
    },
    async currentEnrolment(visit: Visit): Promise<Enrolment | undefined> {
      if (!(await enrolling(visit))) return undefined;
      const { totpURI } = await auth.api.getTOTPURI({ headers: headersFor(visit), body: {} });
      return enrolmentOf(totpURI, []);
    },
    async confirmEnrolment(code: string, visit: Visit): Promise<SecondFactorResult> {
      const session = await enrolling(visit);
      if (!session) return { outcome: 'start-again' };
      const { login, roles, lang } = session.person;
      const answer = await tried(() =>
        auth.api.verifyTOTP({
          headers: headersFor(visit),
          body: { code: digitsOf(code) },
          returnHeaders: true,
        }),
      );
      if (!answer.ok) return { outcome: answer.outcome };
      const cookies = answer.headers.getSetCookie();
      const token = tokenOf(cookies);
      await useCode(db, codeHashOf(login, code), deps.clock.now());
      // Other sessions of this person were opened without the second factor.
      await dropSessionsOf(db.kysely, login, token);
      await db.tx((tx) =>
        deps.audit(tx, { actor: login, action: 'access.enrol-second-factor', subject: login }),
      );
      return await signedIn(login, cookies, homeOf(roles, lang));
    },
    async enterCode(code: string, visit: Visit): Promise<SecondFactorResult> {
      const headers = headersFor(visit);
      const typed = code.trim();
      const answer = await tried(() =>
        RECOVERY_CODE.test(typed)
          ? auth.api.verifyBackupCode({ headers, body: { code: typed }, returnHeaders: true })
          : auth.api.verifyTOTP({ headers, body: { code: digitsOf(typed) }, returnHeaders: true }),
      );
      if (!answer.ok) return { outcome: answer.outcome };
      const cookies = answer.headers.getSetCookie();
      const session = await sessions.read(
        new Headers({ cookie: cookies.map((line) => line.split(';')[0]).join('; ') }),
      );
      if (!session) return { outcome: 'start-again' };
      if (!(await useCode(db, codeHashOf(session.person.login, typed), deps.clock.now()))) {
        await (await auth.$context).internalAdapter.deleteSession(session.token);
        return { outcome: 'start-again' };
      }
      return await signedIn(session.person.login, cookies, homeOf(session.person.roles, session.person.lang));
    },
  };
}

function enrolmentOf(uri: string, recoveryCodes: readonly string[]): Enrolment {
  return {
    uri,
    key: new URL(uri).searchParams.get('secret') ?? '',
    qr: renderSVG(uri, { border: 2 }),
    recoveryCodes,
  };
}

const tokenOf = (cookies: readonly string[]): string => {
  const line = cookies.find((cookie) => /session_token=[^;]/.test(cookie)) ?? '';
  return decodeURIComponent(line.split('session_token=')[1]?.split(';')[0] ?? '').split('.')[0] ?? '';
};

type Tried<T> = ({ ok: true } & T) | { ok: false; outcome: 'wrong' | 'start-again' };

/** better-auth throws for a wrong code as well as for a challenge that lapsed or was tried too often. */
async function tried<T extends { headers: Headers }>(verify: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, ...(await verify()) };
  } catch (error) {
    const code = (error as { body?: { code?: string } }).body?.code;
    if (code === undefined) throw error;
    const isWrong = code === 'INVALID_CODE' || code === 'INVALID_BACKUP_CODE';
    return { ok: false, outcome: isWrong ? 'wrong' : 'start-again' };
  }
}
