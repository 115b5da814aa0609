import { type Logger, pino } from 'pino';

/** JSON lines on standard error. Names that could hold a secret are blanked wherever they appear. */
export function createLog(level: string): Logger {
  const secret = ['password', 'token', 'code', 'cookie', 'authorization', 'secret', 'set-cookie'];
  return pino(
    {
      level,
      base: null,
      redact: { paths: secret.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '…' },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
