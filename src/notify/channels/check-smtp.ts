import { createTransport } from 'nodemailer';

/** Connects and signs in as for sending, sends nothing. Throws with the server's answer. */
export async function checkSmtp(url: string, patienceMs = 5_000): Promise<void> {
  const transport = createTransport({
    url,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
  });
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}
