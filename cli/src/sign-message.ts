import { createHash, createHmac } from 'node:crypto';

/** What is posted to a shop: headers, and a body that goes out byte for byte. */
export type Message = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** A notification with the headers that imoje sends, signed by the hash of body and service key (not an HMAC). */
export function signImoje(
  body: string,
  by: { readonly merchantId: string; readonly shopId: string; readonly serviceKey: string },
): Message {
  const signature = createHash('sha256').update(body).update(by.serviceKey).digest('hex');
  return {
    body,
    headers: {
      accept: 'text/plain',
      'user-agent': 'imoje',
      'content-type': 'application/json; charset=UTF-8',
      'x-imoje-signature': `merchantid=${by.merchantId};serviceid=${by.shopId};signature=${signature};alg=sha256`,
    },
  };
}

/**
 * A message of Standard Webhooks 1.0, signed by HMAC-SHA-256 over id, time and body.
 * @param by.at the time of this try in seconds since 1970, which receivers compare with their clocks.
 */
export function signStandard(
  body: string,
  by: { readonly id: string; readonly at: number; readonly key: Buffer },
): Message {
  const signature = createHmac('sha256', by.key).update(`${by.id}.${by.at}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': by.id,
      'webhook-timestamp': String(by.at),
      'webhook-signature': `v1,${signature}`,
    },
  };
}
