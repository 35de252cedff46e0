import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { answerProblem } from '../../src/http/answers.ts';
import type { HttpEnv } from '../../src/http/deps.ts';
import { answerErrorPage } from '../../src/paywall/answer-page.ts';

const problems = [{ field: 'multipayout[4111111111111111]', text: 'Must not be 5555 5555 5555 4444.' }];
const routes = new Hono<HttpEnv>()
  .get('/problem', (c) => answerProblem(c, 422, 'orderId must not be 4111 1111 1111 1111.'))
  .get('/page', (c) => answerErrorPage(c, { status: 422, sandbox: true }, { error: 'BAD_FORM', problems }));

it('A problem told to a program shows no card number', async () => {
  const answer = await routes.request('/problem');
  expect([answer.status, await answer.json()]).toEqual([
    422,
    { status: 422, code: 'INVALID_INPUT', message: 'orderId must not be [card number removed].' },
  ]);
});

it('An error page shows no card number', async () => {
  const page = await (await routes.request('/page')).text();
  expect(page).toContain('<code>multipayout[[card number removed]]</code>: Must not be [card number removed].');
  expect(page).not.toMatch(/4111|5555/);
});
