import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { serviceFileSchema } from '../monitors/schema.ts';

/** `firstline schema`: what editors complete and underline from; the first line of a service file names it. */
export function writeSchema(): Promise<void> {
  const folder = join(process.env.FIRSTLINE_ROOT ?? '.', '.firstline');
  const schema = z.toJSONSchema(serviceFileSchema, { io: 'input', unrepresentable: 'any' });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'service.schema.json');
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(
    `${file} written. Begin a service file with: # yaml-language-server: $schema=../.firstline/service.schema.json`,
  );
  return Promise.resolve();
}
