import { z } from 'zod';
import { acquirerFor } from '../../acquirers/port.ts';
import { type Locale, parseLocale } from '../../kernel/i18n/locales.ts';
import { amountMax, type Currency } from '../../kernel/money.ts';
import { listMethods } from '../../payments/list-methods.ts';
import { channelName, methodName } from '../../payments/name-methods.ts';
import { channelPicture, methodPicture } from '../../paywall/picture-addresses.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { type Channel, channelFacts, type Shop, takesCurrency } from '../../shops/model.ts';
import { readShopsOf } from '../../shops/store.ts';
import { unixSeconds, wireMethod } from '../../webhooks/model.ts';
import { endpoint, type RestCall } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import * as wire from './wire-schemas.ts';

/** `GET /service/{id}`: a shop with its channels (imoje protocol, section 10). */
export const serviceEndpoint = endpoint(
  {
    method: 'get',
    path: '/service/:serviceId',
    about: {
      ...{ operationId: 'readService', section: 'discovery' },
      summary: 'Reads a shop with its channels.',
      answers: wire.service,
      refuses: [],
      example: { answer: examples.exampleService },
    },
  },
  fields.noBody,
  async ({ deps, actor, params }) => {
    const shop = await findVisibleShop(deps.payments.shops, actor, params.serviceId ?? '');
    return serviceObject(deps, shop);
  },
);

/** `GET /services`: all shops of the merchant, oldest first. */
export const servicesEndpoint = endpoint(
  {
    method: 'get',
    path: '/services',
    about: {
      ...{ operationId: 'listServices', section: 'discovery' },
      summary: 'Lists all shops of the merchant, oldest first.',
      answers: z.array(wire.service),
      refuses: [],
      example: { answer: [examples.exampleService] },
    },
  },
  fields.noBody,
  async ({ deps, actor }) => {
    const shops = await readShopsOf(deps.payments.database, actor.merchantId);
    return shops.map((shop) => serviceObject(deps, shop));
  },
);

/** `POST /service/{id}/get-payment-methods`: what can pay an amount, by method, named for the payer. */
export const paymentMethodsEndpoint = endpoint(
  {
    method: 'post',
    path: '/service/:serviceId/get-payment-methods',
    about: {
      ...{ operationId: 'listPaymentMethods', section: 'discovery' },
      summary: 'Says what can pay an amount, by method, named for the payer.',
      answers: wire.paymentMethodsAnswer,
      refuses: [],
      example: { body: { amount: 1234, currency: 'PLN', locale: 'pl' }, answer: examples.exampleMethods },
    },
  },
  z.object({ amount: fields.amount, currency: fields.currency, locale: fields.optional(z.string().max(10)) }),
  async ({ deps, actor, params, body }) => {
    const shop = await findVisibleShop(deps.payments.shops, actor, params.serviceId ?? '');
    const locale: Locale = parseLocale(body.locale ?? '') ?? 'pl';
    const { amount, currency } = body;
    const wish = { amount, currency, wanted: [], now: deps.payments.clock.now(shop), includeUnavailable: true };
    const { publicUrl } = deps.payments;
    return listMethods(deps.payments.acquirers, shop, wish).map(({ method, channels, options }, place) => ({
      label: methodName(method, locale),
      isOnline: channels.length > 0,
      image: [{ png: methodPicture(publicUrl, method) }],
      priority: place + 1,
      channels: options.map(({ channel, unavailable }, index) => ({
        paymentMethod: wireMethod[method],
        paymentMethodCode: channel,
        label: channelName(channel, locale),
        priority: index + 1,
        isOnline: unavailable === undefined,
        image: [{ png: channelPicture(publicUrl, channel) }],
      })),
    }));
  },
);

/** Every channel once for each currency that the shop takes through it. */
function serviceObject({ payments }: RestCall<unknown>['deps'], shop: Shop): object {
  const now = payments.clock.now(shop);
  return {
    service: {
      id: shop.id,
      created: unixSeconds(shop.createdAt),
      isActive: shop.status === 'ACTIVE' && shop.merchantActive,
      paymentMethods: shop.channels.flatMap((channel) => {
        const acquirer = acquirerFor(payments.acquirers, channel);
        const isOnline = acquirer !== undefined && acquirer.unavailability(channel, now) === undefined;
        return shop.currencies
          .filter((currency) => acquirer && takesCurrency(channel, currency))
          .map((currency) => channelObject(channel, { currency, isOnline, publicUrl: payments.publicUrl }));
      }),
    },
  };
}

type ChannelNow = { readonly currency: Currency; readonly isOnline: boolean; readonly publicUrl: string };

function channelObject(channel: Channel, { currency, isOnline, publicUrl }: ChannelNow) {
  const { method, limits } = channelFacts(channel);
  return {
    paymentMethod: wireMethod[method],
    paymentMethodCode: channel,
    isActive: true,
    isOnline,
    description: channelName(channel, 'pl'),
    currency,
    transactionLimits: {
      minTransaction: { type: 'number', value: Number(limits?.min ?? 1n) },
      maxTransaction: { type: 'number', value: Number(limits?.max ?? amountMax) },
    },
    paymentMethodImage: [{ png: methodPicture(publicUrl, method) }],
    paymentMethodCodeImage: [{ png: channelPicture(publicUrl, channel) }],
  };
}
