import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { composeMail } from '../compose-mail.ts';
import type { Channel } from '../kind.ts';

/** Sample mode: every mail becomes a file `<id>.eml` that `/outbox` shows. */
export function createOutboxChannel({
  folder,
  from,
}: {
  readonly folder: string;
  readonly from: string;
}): Channel {
  return {
    name: 'outbox',
    async deliver(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${mail.id}.eml`;
      // A repetition after a crash finds the file there and leaves it alone.
      if ((await readdir(folder)).includes(name)) return;
      const beside = join(folder, `.${name}.part`);
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(await composeMail(mail, from));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, join(folder, name));
    },
    close: () => {},
  };
}
