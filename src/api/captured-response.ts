import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Captured {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * Astro's middleware writes to a Node response; we want the page as a value, to cache it, compress it
 * and put our headers on. This response has no socket and keeps what is written to it.
 */
export function captureResponse(req: IncomingMessage): { res: ServerResponse; done: Promise<Captured> } {
  const chunks: Buffer[] = [];
  const headers = new Headers();
  const { promise: done, resolve } = Promise.withResolvers<Captured>();
  const res = new ServerResponse(req);
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const add = (name: string, value: number | string | readonly string[] | undefined): void => {
    if (value === undefined) return;
    if (typeof value === 'string' || typeof value === 'number') headers.append(name, String(value));
    else for (const one of value) headers.append(name, one);
  };
  res.writeHead = ((status: number, ...rest: unknown[]) => {
    res.statusCode = status;
    const given = rest.find((arg) => typeof arg === 'object') as OutgoingHttpHeaders | undefined;
    for (const [name, value] of Object.entries(given ?? {})) add(name, value);
    return res;
  }) as typeof res.writeHead;
  res.setHeader = ((name: string, value: number | string | readonly string[]) => {
    headers.delete(name);
    add(name, value);
    return res;
  }) as typeof res.setHeader;
  res.write = ((chunk: unknown) => {
    keep(chunk);
    return true;
  }) as typeof res.write;
  res.end = ((chunk?: unknown) => {
    keep(chunk);
    resolve({ status: res.statusCode, headers, body: Buffer.concat(chunks) });
    res.emit('finish');
    res.emit('close');
    return res;
  }) as typeof res.end;
  return { res, done };
}
