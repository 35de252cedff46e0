import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, ask, type TestGateway } from '../support/gateway.ts';

/** What a mutation answers: the fields of its success, or of a refusal. */
export type Outcome = Record<string, unknown> & {
  readonly code?: string;
  readonly message?: string;
  readonly field?: string[];
};

export type Applicant = { readonly merchantId: string; readonly secret: string };

export type Access = {
  readonly merchantId: string;
  readonly shopId: string;
  readonly apiKey: string;
  readonly restToken: string;
  readonly serviceKey: string;
};

/** An application without a fault; each call gives one of another key. */
export const application = (changes: object = {}) => ({
  ...{ idempotencyKey: randomUUID(), legalForm: 'SOLE_TRADER', name: 'Anna Nowak', nip: '526-025-02-74' },
  ...{ regon: '123456785', email: 'anna@shop.example', street: 'Prosta 1', postalCode: '00-950', city: 'Warszawa' },
  payoutAccounts: [{ currency: 'PLN', iban: '61 1090 1014 0000 0712 1981 2874' }],
  shop: { name: 'Kubki', url: 'https://kubki.example' },
  ...changes,
});

type RunOptions = {
  /** Undefined or null: nobody's. */
  readonly key?: string | null;
  /** What to ask for of its success. */
  readonly select?: string;
  /** The name of its input, where it is not that of the mutation. */
  readonly type?: string;
};

export type ContractWorld = ReturnType<typeof openWorld>;

/** Deeds of applicants, merchants and operators at a gateway, each over GraphQL. */
export function openWorld(gateway: TestGateway) {
  const run = runnerOf(gateway);
  const { operatorKey } = gateway.demo;
  const apply = async (changes: object = {}): Promise<Applicant> => {
    const done = await run('applyForContract', application(changes), { select: 'secret application { merchantId }' });
    const { merchantId } = done.application as { merchantId: string };
    return { merchantId, secret: String(done.secret) };
  };
  const sign = ({ merchantId, secret }: Applicant) =>
    run('signContract', { merchantId, secret }, { select: 'application { status activeFrom }', type: 'Applicant' });
  const claim = ({ merchantId, secret }: Applicant) =>
    run(
      'claimAccess',
      { merchantId, secret },
      { select: 'merchantId shopId serviceKey apiKey restToken', type: 'Applicant' },
    );
  const review = (merchantId: string, decision: string, reason?: string) => {
    const select = 'application { status heldReason reason }';
    return run('reviewApplication', { merchantId, decision, reason }, { key: operatorKey, select });
  };
  const reviewShop = (shopId: string, decision: string, reason?: string) => {
    const select = 'shop { status heldReason reason }';
    return run('reviewShop', { shopId, decision, reason }, { key: operatorKey, select });
  };
  const follow = (applicant: Applicant) => followAt(gateway, applicant);
  /** Moves a merchant's clock so many days ahead of where it stands. */
  const pass = async (merchantId: string, days: number): Promise<void> => {
    const change = 'update merchant set clock_offset_ms = clock_offset_ms + $2::bigint where id = $1';
    await gateway.database.pool.query(change, [merchantId, days * 86_400_000]);
  };
  const becomes = async (applicant: Applicant, status: string): Promise<void> => {
    await expect.poll(async () => (await follow(applicant)).status, { timeout: 10_000 }).toBe(status);
  };
  /** A merchant whose contract has taken effect, with his first keys. */
  const settle = async (): Promise<Access & Applicant> => {
    const applicant = await apply();
    await sign(applicant);
    await pass(applicant.merchantId, 7);
    await becomes(applicant, 'ACTIVE');
    return { ...applicant, ...((await claim(applicant)) as unknown as Access) };
  };
  const mine = (key: string, select: string) => merchantAt(gateway, key, select);
  const statusOf = async (shopId: string): Promise<string> =>
    (await gateway.database.prisma.shop.findUniqueOrThrow({ where: { id: shopId } })).status;
  return { run, apply, sign, claim, review, reviewShop, follow, pass, becomes, settle, mine, statusOf };
}

/** Runs mutations that take one input: of nobody, of the operator, or of a merchant. */
function runnerOf(gateway: TestGateway) {
  return async (name: string, input: object, options: RunOptions = {}): Promise<Outcome> => {
    const { key = null, select, type } = options;
    const noun = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const success = select ? `... on ${noun}Success { ${select} }` : '';
    const parts = `__typename ${success} ... on Refusal { code message field }`;
    const query = `mutation($input: ${type ?? noun}Input!) { ${name}(input: $input) { ${parts} } }`;
    const answer: Answer<Record<string, Outcome>> = await ask(gateway, query, { variables: { input }, key });
    expect(answer.errors).toBeUndefined();
    return answer.data[name] as Outcome;
  };
}

async function followAt(gateway: TestGateway, { merchantId, secret }: Applicant): Promise<Outcome> {
  const query =
    'query($m: String!, $s: String!) { application(merchantId: $m, secret: $s) { status heldReason reason activeFrom } }';
  const variables = { m: merchantId, s: secret };
  const answer: Answer<{ application: Outcome }> = await ask(gateway, query, { variables, key: null });
  return answer.errors ? { code: String(answer.errors[0]?.extensions.code) } : answer.data.application;
}

async function merchantAt(gateway: TestGateway, key: string, select: string): Promise<Record<string, unknown>> {
  const query = `{ viewer { merchant { ${select} } } }`;
  const answer = await ask<{ viewer: { merchant: Record<string, unknown> } }>(gateway, query, { key });
  expect(answer.errors).toBeUndefined();
  return answer.data.viewer.merchant;
}
