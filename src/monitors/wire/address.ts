import { z } from 'zod';

/** Protocols a kind speaks, each with its usual port. */
type Ports = Readonly<Record<string, number>>;

export interface Address {
  /** `imaps`, without the colon. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** From the first slash on; empty when there is none. */
  readonly path: string;
}

const SHAPE =
  /^(?<scheme>[a-z]+):\/\/(?<host>\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]{1,253})(?::(?<port>[1-9]\d{0,4}))?(?<path>\/\S*)?$/;

function parseAddress(text: string, ports: Ports): Address | undefined {
  const { scheme = '', host = '', port, path = '' } = SHAPE.exec(text)?.groups ?? {};
  if (!Object.hasOwn(ports, scheme)) return undefined;
  const number = Number(port ?? ports[scheme]);
  if (number > 65_535) return undefined;
  return { scheme, host: host.replace(/^\[|\]$/g, ''), port: number, path };
}

/** zod type: `imaps://mail.example.org:993`; without a user name, because targets are shown. */
export const address = (ports: Ports, sample: string) =>
  z
    .string()
    .max(500)
    .refine(
      (text) => parseAddress(text, ports) !== undefined,
      `expected an address such as ${sample}, without a user name (use auth)`,
    )
    .meta({
      description: `${Object.keys(ports)
        .map((scheme) => `${scheme}://`)
        .join(' or ')}host:port; the port may be left out`,
      examples: [sample],
    });

/** The parts of a text that `address` has let through. */
export function addressOf(text: string, ports: Ports): Address {
  const parts = parseAddress(text, ports);
  if (!parts) throw new Error(`not an address: ${text}`);
  return parts;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
