#!/usr/bin/env node
// Plain JavaScript: it must be able to say on an old Node that the Node is too old.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.').map(Number);
if (major >= 24) {
  const { runCommand } = await import('./command.ts');
  await runCommand(process.argv.slice(2));
} else {
  // The project brings its own Node as a development dependency; use it where it is installed.
  const own = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(own)) {
    console.error(
      `Firstline needs Node.js 24 or newer; this is ${process.versions.node}. Install it, or run "npm ci" first.`,
    );
    process.exit(1);
  }
  const run = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(run.status ?? 1);
}
