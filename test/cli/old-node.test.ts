import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src/cli/firstline.mjs');

/** The start file in a project of its own, told by a preload that it runs on Node 20. */
function onOldNode(ownNode: boolean): { code: number; out: string; err: string } {
  const folder = mkdtempSync(join(tmpdir(), 'firstline-node-'));
  try {
    mkdirSync(join(folder, 'src/cli'), { recursive: true });
    cpSync(SOURCE, join(folder, 'src/cli/firstline.mjs'));
    writeFileSync(
      join(folder, 'src/cli/command.ts'),
      'export const runCommand = async (args) => console.log("ran", ...args);',
    );
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'old.cjs'),
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });',
    );
    if (ownNode) {
      mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
      symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'));
    }
    const args = [
      '--require',
      join(folder, 'old.cjs'),
      join(folder, 'src/cli/firstline.mjs'),
      'user',
      'list',
    ];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
    return { code: 0, out, err: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, out: stdout, err: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a Node that is too old is told so in one sentence', () => {
  expect(onOldNode(false)).toEqual({
    code: 1,
    out: '',
    err: 'Firstline needs Node.js 24 or newer; this is 20.20.2. Install it, or run "npm ci" first.\n',
  });
});

test("on an old Node the project's own one takes over", () => {
  expect(onOldNode(true)).toEqual({ code: 0, out: 'ran user list\n', err: '' });
});
