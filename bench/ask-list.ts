const query = `query($shopId: ID!) { payments(shopId: $shopId, first: 50) { edges { node {
  id orderId status amount { amount currency } createdAt shop { id name }
  transactions(first: 1) { edges { node { id status } } }
} } } }`;

/** The body of a request for the 50 newest payments of one of the shops, each with the shop and its last transaction. */
export function askList(shopIds: readonly string[]): string {
  return ask(query, shopIds);
}

/** @throws Error when an answer is no such list. */
export function readList(answer: string): void {
  if (!answer.startsWith('{"data":{"payments":{"edges":[{"node":{"id":"')) throw new Error(`No list: ${answer}`);
}

const postgraphileQuery = `query($shopId: UUID!) {
  allPayments(condition: { shopId: $shopId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], first: 50) { edges { node {
    rowId orderId status amount currency createdAt shopByShopId { rowId name }
    transactionsByPaymentIdAndShopIdAndCurrency(first: 1, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
      edges { node { rowId status } }
    }
  } } }
}`;

/** The same for PostGraphile. */
export function askListOfPostgraphile(shopIds: readonly string[]): string {
  return ask(postgraphileQuery, shopIds);
}

function ask(document: string, shopIds: readonly string[]): string {
  const shopId = shopIds[Math.floor(Math.random() * shopIds.length)] ?? '';
  return JSON.stringify({ query: document, variables: { shopId } });
}
