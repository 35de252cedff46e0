import { z } from 'zod';
import { parseIp, trustedIpsMax } from '../../merchants/model.ts';
import { endpoint } from './endpoint.ts';
import { noBody } from './fields.ts';

const answers = z.strictObject({ trustedIps: z.array(z.string()) });
const example = { trustedIps: ['192.0.2.7', '2001:db8::7'] };

/** `GET /settings/ips`: the addresses from which the merchant's tokens are good (imoje protocol, section 5.12). */
export const readIpsEndpoint = endpoint(
  {
    method: 'get',
    path: '/settings/ips',
    about: {
      ...{ operationId: 'readTrustedIps', section: 'settings', answers, refuses: [], example: { answer: example } },
      summary: 'Reads the addresses from which the tokens are good; none means from anywhere.',
    },
  },
  noBody,
  async ({ deps, actor }) => ({ trustedIps: await deps.trustedIps.of(actor.merchantId) }),
);

const schema = z.object({
  trustedIps: z
    .array(
      z.string().transform((text, context) => {
        const ip = parseIp(text);
        if (ip !== undefined) return ip;
        context.addIssue('Must be an IPv4 or IPv6 address; there are no ranges.');
        return z.NEVER;
      }),
    )
    .max(trustedIpsMax, `Must be at most ${trustedIpsMax} addresses.`),
});

/** `PUT /settings/ips`: makes the merchant's tokens good from these addresses alone (imoje protocol, section 5.12). */
export const trustIpsEndpoint = endpoint(
  {
    method: 'put',
    path: '/settings/ips',
    about: {
      ...{
        operationId: 'trustIps',
        section: 'settings',
        answers,
        refuses: [],
        example: { body: example, answer: example },
      },
      summary: 'Makes the tokens good from these addresses alone, among which must be the caller’s; none lifts that.',
    },
  },
  schema,
  async ({ deps, actor, body, address: from }) => ({
    trustedIps: await deps.trustedIps.trust(actor, { ...body, from }),
  }),
);
