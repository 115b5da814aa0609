import { buildSite } from '../../src/cli/build-site.ts';

/** The browser tests drive the built pages; built once, and only when the sources changed. */
export const setup = (): Promise<void> => buildSite({ force: false });
