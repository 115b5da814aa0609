import { FatalError } from '../lib/app-error.ts';
import { nearest } from '../lib/nearest.ts';

interface Command {
  readonly summary: string;
  run(args: readonly string[]): Promise<void>;
}

// Each command is loaded when it is asked for, so that `firstline check` does not pay for the portal.
const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    summary: 'start the portal',
    run: async () => (await import('./start.ts')).start(),
  },
  build: {
    summary: 'build the pages into dist/ (start does it by itself when they are missing or old)',
    run: async () => (await import('./build-site.ts')).buildSite({ force: true }),
  },
  check: {
    summary: 'find every mistake in firstline.yaml, monitors/ and content/',
    run: async () => (await import('./check.ts')).check(),
  },
  try: {
    summary: 'run one monitor once and show every condition with its value',
    run: async (args) => (await import('./try.ts')).tryMonitor(args),
  },
  plan: {
    summary: 'show what the files in monitors/ would change',
    run: async () => (await import('./plan.ts')).plan(),
  },
  schema: {
    summary: 'write the JSON Schema of service files to .firstline/, for editors',
    run: async () => (await import('./schema.ts')).writeSchema(),
  },
  user: {
    summary: 'people: list, one-time sign-in link, roles',
    run: async (args) => (await import('./user.ts')).user(args),
  },
  doctor: {
    summary: 'look at every part that the portal needs, one line each',
    run: async () => (await import('./doctor.ts')).doctor(),
  },
  backup: {
    summary: 'copy the database and the secret into a folder, also while the portal runs',
    run: async (args) => (await import('./backup.ts')).backup(args),
  },
  restore: {
    summary: 'put a backup back while the portal is stopped',
    run: async (args) => (await import('./backup.ts')).restore(args),
  },
  export: {
    summary: 'write everything the portal knows as JSON lines, without secrets',
    run: async (args) => (await import('./export.ts')).exportAll(args),
  },
};

/** The `firstline` command. One plain sentence and exit code 1 for everything a person can mend. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  const [name = 'help', ...args] = argv;
  const command = COMMANDS[name];
  if (!command) {
    const known = Object.entries(COMMANDS).map(
      ([key, { summary }]) => `  firstline ${key.padEnd(10)} ${summary}`,
    );
    if (name === 'help' || name === '--help') {
      console.log(`Commands:\n${known.join('\n')}`);
      return;
    }
    const meant = nearest(name, Object.keys(COMMANDS));
    console.error(
      `There is no command "${name}".${meant ? ` Did you mean "${meant}"?` : ''} "firstline help" lists them.`,
    );
    process.exitCode = 1;
    return;
  }
  try {
    await command.run(args);
  } catch (error) {
    console.error(error instanceof FatalError ? error.message : error);
    process.exit(1);
  }
}
