const query = `query($shopId: ID!) { payments(shopId: $shopId, first: 50) { edges { node {
  id orderId status amount { amount currency } createdAt shop { id name }
  transactions(first: 1) { edges { node { id status } } }
} } } }`;

/** The body of a request for the 50 newest payments of one of the shops, each with the shop and its last transaction. */
export function askList(shopIds: readonly string[]): string {
  const shopId = shopIds[Math.floor(Math.random() * shopIds.length)] ?? '';
  return JSON.stringify({ query, variables: { shopId } });
}

/** @throws Error when an answer is no such list. */
export function readList(answer: string): void {
  if (!answer.startsWith('{"data":{"payments":{"edges":[{"node":{"id":"')) throw new Error(`No list: ${answer}`);
}
