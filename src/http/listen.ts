import type { AddressInfo, Server } from 'node:net';
import { StartError } from '../kernel/start-error.ts';

/** Has a server listen; port 0 takes a free one. @throws StartError when that is not possible. */
export function listen(server: Server, port: number, host: string): Promise<{ port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ port: number }>();
  const fail = (error: NodeJS.ErrnoException): void => reject(startErrorOf(error, port, host));
  server.once('error', fail);
  server.listen({ port, host }, () => {
    server.off('error', fail);
    resolve({ port: (server.address() as AddressInfo).port });
  });
  return promise;
}

function startErrorOf(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} on ${host} is in use; set PORT to a free one.`);
    case 'EACCES':
      return new StartError(`Port ${port} on ${host} is not allowed to this user; set PORT to one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(`${host} is no address of this machine; set HOST to one, such as 127.0.0.1.`);
    default:
      return new StartError(`Cannot listen on port ${port} of ${host} (${error.code}); set PORT and HOST to others.`);
  }
}
