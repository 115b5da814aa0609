import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPortal } from '../../src/main.ts';
import { freePort } from './free-port.ts';

export interface TestPortal {
  readonly baseUrl: string;
  readonly dataDir: string;
  /** A one-time sign-in link, as `firstline user link` prints it. */
  signInLink(login: string): Promise<string>;
  stop(): Promise<void>;
}

/** The whole portal in this process, sample mode, on a free port with a data folder of its own. */
export async function startTestPortal(variables: Readonly<Record<string, string>> = {}): Promise<TestPortal> {
  const dataDir = mkdtempSync(join(tmpdir(), 'firstline-portal-'));
  const port = await freePort();
  const portal = await startPortal({
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    ...variables,
  });
  return {
    baseUrl: portal.config.baseUrl,
    dataDir,
    async signInLink(login) {
      const link = await portal.access.createLink(login, 'system:test');
      if (!link) throw new Error(`the sample people have no ${login}`);
      return link;
    },
    async stop() {
      await portal.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
