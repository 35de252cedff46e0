import net, { type AddressInfo } from 'node:net';

/** A port that is taken for as long as the test holds it. */
export async function takePort(): Promise<{ readonly port: number; free(): void }> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, free: () => server.close() };
}
