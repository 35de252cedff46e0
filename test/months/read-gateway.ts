import type { ModelPayout } from './model-books.ts';
import { type Day, knownDays } from './model-calendar.ts';
import type { PlayedMonth } from './open-month.ts';
import { shown } from './world.ts';

type Sum = { readonly amount: number };

/** Money of the API as a line shows it. */
export type Explained = {
  readonly amount: Sum;
  readonly base: Sum;
  readonly ratePercent: string;
  readonly promotion: { readonly state: string; readonly turnover: Sum | null };
  readonly counted: Sum | null;
  readonly givenBack: Sum;
};

/** A payout as the API has it; `key` names it as the books do. */
export type ReadPayout = Row & { readonly key: string; readonly merchant: number };

type Row = {
  readonly id: string;
  readonly businessDay: string;
  readonly currency: string;
  readonly iban: string;
  readonly status: string;
  readonly expectedAt: string;
} & Readonly<Record<'carriedIn' | 'gross' | 'refunds' | 'returned' | 'commission' | 'carriedOut' | 'net', Sum>>;

type Recipient = {
  readonly id: string;
  readonly iban: string;
  readonly balances: readonly { readonly amount: number; readonly currency: string }[];
};

const payoutFields = `id businessDay currency iban status expectedAt
  carriedIn { amount } gross { amount } refunds { amount } returned { amount } commission { amount }
  carriedOut { amount } net { amount }`;
const recipientFields = 'recipients(first: 100) { edges { node { id iban balances { amount currency } } } }';

/** The name of a payout, of which an account has one on a day. */
export function keyOf({ account, day }: Pick<ModelPayout, 'account' | 'day'>): string {
  return `${account.owner} ${account.currency} ${day}`;
}

/** What the API says of the money of all shops and recipients: payouts since a day, and balances. */
export type Overview = { readonly payouts: readonly ReadPayout[]; readonly balances: ReadonlyMap<string, bigint> };

/**
 * Reads it. The API lists the payouts of shops alone, and shows balances of recipients alone: payouts to these are read by
 * their ids, and what shops have from the rows of balances.
 */
export async function readOverview(played: PlayedMonth, since: Day): Promise<Overview> {
  const { merchants, shopIds } = played;
  const payouts: ReadPayout[] = [];
  const balances = await readShopBalances(played);
  for (const [merchant, { key, id }] of merchants.entries()) {
    const { lists, recipients } = await readMerchant(played, merchant, since);
    const add = (owner: string, row: Row): void => {
      payouts.push({ ...row, merchant, key: `${owner} ${row.currency} ${row.businessDay}` });
    };
    for (const [shopId, rows] of lists) for (const row of rows) add(`shop ${shopIds.indexOf(shopId)}`, row);
    const paid = await findPaidRecipients(played, id, since);
    const ids = paid.map((one) => one.id);
    const rows = await byId<Row>(played, { key, field: 'payout(id', select: payoutFields, ids });
    for (const [place, row] of rows.entries()) add(`${merchant} ${paid[place]?.account}`, row);
    for (const { iban, balances: own } of recipients) {
      for (const { amount, currency } of own) balances.set(`${merchant} ${iban} ${currency}`, BigInt(amount));
    }
  }
  return { payouts, balances };
}

async function readMerchant(
  { world, merchants }: PlayedMonth,
  place: number,
  since: Day,
): Promise<{
  readonly lists: readonly (readonly [string, readonly Row[]])[];
  readonly recipients: readonly Recipient[];
}> {
  const { key, shopIds } = merchants[place] as PlayedMonth['merchants'][number];
  type Page<Node> = { readonly edges: readonly { readonly node: Node }[] };
  const lists = shopIds.map((_, at) => {
    return `s${at}: payouts(shopId: $i${at}, first: 100, filter: { from: $since }) { edges { node { ${payoutFields} } } }`;
  });
  const query = `query($since: Date! ${shopIds.map((_, at) => `$i${at}: ID!`).join(' ')}) { ${lists.join(' ')} ${recipientFields} }`;
  const variables = { since, ...Object.fromEntries(shopIds.map((id, at) => [`i${at}`, id])) };
  const data = await world.ask<Record<string, Page<Row>> & { recipients: Page<Recipient> }>(key, query, variables);
  return {
    lists: shopIds.map((id, at) => [id, (data[`s${at}`]?.edges ?? []).map(({ node }) => node)] as const),
    recipients: data.recipients.edges.map(({ node }) => node),
  };
}

async function readShopBalances({ world, shopIds }: PlayedMonth): Promise<Map<string, bigint>> {
  const { rows } = await world.database.pool.query<{ owner: string; currency: string; amount: bigint }>(
    `select a.owner, a.currency, b.amount from account a join account_balance b on b.account_id = a.id
    where a.kind = 'SHOP' and a.owner = any($1)`,
    [shopIds],
  );
  return new Map(rows.map(({ owner, currency, amount }) => [`shop ${shopIds.indexOf(owner)} ${currency}`, amount]));
}

async function findPaidRecipients(
  { world }: PlayedMonth,
  merchantId: string,
  since: Day,
): Promise<{ readonly id: string; readonly account: string }[]> {
  const { rows } = await world.database.pool.query<{ id: string; account: string }>(
    `select p.id, r.iban as account from payout p join recipient r on r.id = p.recipient_id
    where p.merchant_id = $1 and p.business_day >= $2 order by p.id`,
    [merchantId, since],
  );
  return rows;
}

/** So many fields one operation may have at its root. */
const atOnce = 20;

/** Reads things by their ids, as many at once as the API allows. */
async function byId<Thing>(
  { world }: PlayedMonth,
  wish: { readonly key: string; readonly field: string; readonly select: string; readonly ids: readonly string[] },
): Promise<Thing[]> {
  const { key, field, select, ids } = wish;
  const found: Thing[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const named = ids.slice(from, from + atOnce).map((id, place) => [`i${place}`, id] as const);
    // Texts that are the same each time are parsed once.
    const fields = named.map(([name]) => `f${name}: ${field}: $${name}) { ${select} }`);
    const query = `query(${named.map(([name]) => `$${name}: ID!`).join(' ')}) { ${fields.join(' ')} }`;
    const data = await world.ask<Record<string, Thing>>(key, query, Object.fromEntries(named));
    found.push(...named.map(([name]) => data[`f${name}`] as Thing));
  }
  return found;
}

type ReadMovement = {
  readonly kind: string;
  readonly amount: Sum;
  readonly transaction: { readonly id: string } | null;
};

const movementFields = 'edges { cursor node { kind amount { amount } transaction { id } } } pageInfo { hasNextPage }';

type MovementPage = {
  readonly edges: readonly { readonly cursor: string; readonly node: ReadMovement }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
};

/** What payouts are made of; one with many parts is read to its end. */
export async function readMovements(
  played: PlayedMonth,
  payouts: readonly ReadPayout[],
): Promise<Map<string, ReadMovement[]>> {
  const found = new Map<string, ReadMovement[]>();
  for (const [merchant, { key }] of played.merchants.entries()) {
    const own = payouts.filter((payout) => payout.merchant === merchant);
    // A hundred of each would be more than one operation may ask for.
    const select = `movements(first: 40) { ${movementFields} }`;
    const ids = own.map(({ id }) => id);
    const pages = await byId<{ movements: MovementPage }>(played, { key, field: 'payout(id', select, ids });
    for (const [place, payout] of own.entries()) {
      const parts: ReadMovement[] = [];
      for (let page = pages[place]?.movements; page; ) {
        parts.push(...page.edges.map(({ node }) => node));
        page = page.pageInfo.hasNextPage ? await readPage(played, payout, page.edges.at(-1)?.cursor) : undefined;
      }
      found.set(payout.key, parts);
    }
  }
  return found;
}

async function readPage(
  { world, merchants }: PlayedMonth,
  { id, merchant }: ReadPayout,
  after: string | undefined,
): Promise<MovementPage> {
  const { payout } = await world.ask<{ payout: { movements: MovementPage } }>(
    merchants[merchant]?.key ?? '',
    `query($id: ID!, $after: String) { payout(id: $id) { movements(after: $after) { ${movementFields} } } }`,
    { id, after },
  );
  return payout.movements;
}

/** Why the commissions of sales are what they are, by the numbers of the sales. */
export async function readCommissions(
  played: PlayedMonth,
  numbers: readonly number[],
): Promise<Map<number, Explained | null>> {
  const { merchants, books, saleIds } = played;
  const select =
    'amount { amount } base { amount } ratePercent promotion { state turnover { amount } } counted { amount } givenBack { amount }';
  const found = new Map<number, Explained | null>();
  for (const [place, { key }] of merchants.entries()) {
    const own = numbers.filter((number) => books.sales[number]?.shop.merchant.place === place);
    const ids = own.map((number) => saleIds[number] ?? '');
    const rows = await byId<Explained | null>(played, { key, field: 'explainCommission(transactionId', select, ids });
    for (const [at, row] of rows.entries()) found.set(own[at] ?? -1, row);
  }
  return found;
}

/** The ids of a merchant's recipients by their accounts; they are read when one comes for the first time. */
export async function recipientsOf(
  played: PlayedMonth,
  merchant: number,
  ibans: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const own = played.recipientIds[merchant] ?? new Map<string, string>();
  if (ibans.some((iban) => !own.has(iban))) {
    const { recipients } = await readMerchant(played, merchant, knownDays.last);
    for (const { id, iban } of recipients) own.set(iban, id);
  }
  return own;
}

/** The id of a payout of the books. */
export async function findPayoutId(played: PlayedMonth, payout: ModelPayout): Promise<string> {
  const { payouts } = await readOverview(played, payout.day);
  return payouts.find(({ key }) => key === keyOf(payout))?.id ?? '00000000-0000-7000-8000-000000000000';
}

/** When a payout should arrive, as a clock in Warsaw shows it. */
export function arrivalOf({ expectedAt }: ReadPayout): string {
  const { day, time } = shown(new Date(expectedAt));
  return `${day}T${time}`;
}
