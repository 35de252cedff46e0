import { expect, it } from 'vitest';
import { approveAt } from '../../cli/src/approve-at.ts';
import { NotDone } from '../../cli/src/errors.ts';
import { answering, openShopServer } from '../webhooks/shop-server.ts';

it("A payer's page that does not take the consent, or cannot be reached, is said at once", async () => {
  const server = await openShopServer();
  const { signal } = new AbortController();
  server.answer(answering(303));
  await approveAt(server.url, signal);
  expect(server.received).toMatchObject([{ method: 'POST', body: 'decision=approve' }]);
  server.answer(answering(500));
  await expect(approveAt(server.url, signal)).rejects.toThrow(
    `The payer's page ${server.url} answered 500; open it in a browser, which shows why.`,
  );
  await server.close();
  const away = await openShopServer();
  await away.close();
  await expect(approveAt(away.url, signal)).rejects.toThrow(
    `The payer's page ${away.url} cannot be reached (ECONNREFUSED); the gateway must name itself by `,
  );
  await expect(approveAt(server.url, AbortSignal.abort(new NotDone('late')))).rejects.toThrow('late');
});
