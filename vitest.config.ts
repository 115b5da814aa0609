import { defineConfig } from 'vitest/config';

// Four runners' worth of tests in one config. Files that need a database end in `.db.test.ts` and run on both;
// everything under test/browser drives the real portal with a real browser.
const database = (kind: 'sqlite' | 'postgres') => ({
  test: {
    name: kind,
    include: ['test/**/*.db.test.ts'],
    exclude: ['test/browser/**'],
    env: { TEST_DATABASE: kind },
    globalSetup: kind === 'postgres' ? ['test/support/global-postgres.ts'] : [],
    sequence: { groupOrder: kind === 'postgres' ? 2 : 1 },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.db.test.ts', 'test/browser/**', 'test/samba/**', 'node_modules/**'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
          maxWorkers: 2,
        },
      },
      database('sqlite'),
      database('postgres'),
      // A Samba domain controller takes the fixed ports of LDAP and needs root: only where it is asked for.
      ...(process.env.TEST_SAMBA
        ? [
            {
              test: {
                name: 'samba',
                include: ['test/samba/**/*.test.ts'],
                testTimeout: 30_000,
                sequence: { groupOrder: 4 },
              },
            },
          ]
        : []),
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/global-site.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
          // Last and alone: a browser under load makes slow pages look broken.
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
