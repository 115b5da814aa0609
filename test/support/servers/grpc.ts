import { Server, ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import type { Certificate } from '../certificates.ts';
import type { RunningServer } from './program.ts';

/** Services and their states by number; `undefined` as a whole: a server without a health service. */
export type Health = Readonly<Record<string, number>> | undefined;

const HEALTH: ServiceDefinition = {
  Check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    // HealthCheckRequest: tag, length in one or two bytes, name.
    requestDeserialize: (bytes) => ({ service: bytes.subarray(bytes.length > 129 ? 3 : 2).toString() }),
    requestSerialize: () => Buffer.alloc(0),
    responseSerialize: (state: number) => Buffer.from([0x08, state]),
    responseDeserialize: () => 0,
  },
};

/** A gRPC server of the official library that tells these states. */
export async function startGrpc(
  health: Health,
  tls?: Certificate,
): Promise<RunningServer & { readonly port: number }> {
  const server = new Server();
  if (health)
    server.addService(HEALTH, {
      Check(call: { request: { service: string } }, answer: (error: object | null, state?: number) => void) {
        const state = health[call.request.service];
        if (state === undefined) answer({ code: status.NOT_FOUND, details: 'no such service' });
        else answer(null, state);
      },
    });
  const pair = tls && { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  const credentials = pair ? ServerCredentials.createSsl(null, [pair]) : ServerCredentials.createInsecure();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  return { port: await promise, stop: async () => server.forceShutdown() };
}
