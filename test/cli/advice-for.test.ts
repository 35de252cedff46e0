import { expect, it } from 'vitest';
import { adviceFor } from '../../cli/src/advice-for.ts';

const notReached = (why: string) => `The gateway at https://pay.example cannot be reached${why}.`;

it.each([
  ['CONNECTION_FAILED', notReached(' (ECONNREFUSED)'), /^ Start it, or say where it is by --url/],
  ['CONNECTION_FAILED', notReached(''), /^ Start it/],
  ['CONNECTION_FAILED', notReached(' (DEPTH_ZERO_SELF_SIGNED_CERT)'), /NODE_EXTRA_CA_CERTS/],
  ['CONNECTION_FAILED', notReached(' (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'), /NODE_EXTRA_CA_CERTS/],
  ['CONNECTION_FAILED', notReached(' (INVALID_PURPOSE)'), /NODE_EXTRA_CA_CERTS/],
  ['CONNECTION_FAILED', 'The connection to the gateway was lost.', /^$/],
  ['FORBIDDEN', notReached(' (ECONNREFUSED)'), /^$/],
])('At %s of "%s" is advised what helps', (code, message, advice) => {
  expect(adviceFor({ code, message })).toMatch(advice);
});
