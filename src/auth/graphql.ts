import { builder } from '../graphql/builder.ts';
import { actorWith, type GraphContext, requireActor } from '../graphql/context.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import { type Actor, Forbidden, restScopes, scopes } from './actor.ts';
import { createApiKey } from './create-api-key.ts';
import { createRestToken } from './create-rest-token.ts';
import { goodKeysMax } from './model.ts';
import { revokeApiKey, revokeRestToken } from './revoke-api-key.ts';
import { listKeys } from './sql/list-keys.ts';

const scopeList = Object.entries(scopes)
  .map(([scope, text]) => `\`${scope}\`: ${text}`)
  .join(' ');

const ApiKeyRef = builder.prismaObject('ApiKey', {
  description: 'A credential of the merchant. The key itself is never shown again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the key, not the key.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    hint: t.exposeString('hint', { description: 'The last four characters of the key.' }),
    shopId: t.exposeID('shopId', { nullable: true, description: 'The one shop it is bound to; null is all shops.' }),
    scopes: t.exposeStringList('scopes', { description: `What it may do. ${scopeList}` }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it stops; null is never.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
  }),
});

const RestTokenRef = builder.prismaObject('ApiKey', {
  variant: 'RestToken',
  description:
    'A token of the imoje REST door, good for all shops of the merchant. The token itself is never shown again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the token, not the token.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    hint: t.exposeString('hint', { description: 'The last four characters of the token.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it stops; null is never.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
  }),
});

/** The GraphQL type of a merchant, which nobody but his own keys reaches. */
export const MerchantRef = builder.prismaObject('Merchant', {
  description: 'The legal person with the contract.',
  fields: (t) => ({
    id: t.exposeID('id', { description: '20 characters `[a-z0-9]`.' }),
    name: t.exposeString('name', { description: 'Its name in the contract.' }),
  }),
});

const ViewerRef = builder.objectRef<Actor>('Viewer').implement({
  description: 'Whoever asks: the API key and its merchant.',
  fields: (t) => ({
    merchant: t.field({
      type: MerchantRef,
      description: 'The merchant that the key belongs to.',
      resolve: ({ merchantId }, _, { loaders }) => loaders.merchant.load(merchantId),
    }),
    apiKey: t.prismaField({
      type: ApiKeyRef,
      description: 'The key that asks.',
      resolve: (query, actor, _, context) =>
        context.app.payments.database.prisma.apiKey.findUniqueOrThrow({ ...query, where: { id: actor.keyId } }),
    }),
    apiKeys: t.field({
      type: [ApiKeyRef],
      description:
        'The keys that this key may revoke, newest first: all that are good, then those that were revoked or have expired, ' +
        'of which it leaves out what goes beyond 100 in all. Scope: keys:write.',
      resolve: (actor, _, context) => listOwn(context, actor, 'API'),
    }),
    restTokens: t.field({
      type: [RestTokenRef],
      description:
        'The tokens of the imoje REST door, newest first: all that are good, then those that were revoked or have expired, ' +
        'of which it leaves out what goes beyond 100 in all; none for a key that is bound to one shop. Scope: keys:write.',
      resolve: (actor, _, context) => listOwn(context, actor, 'REST'),
    }),
  }),
});

async function listOwn(context: GraphContext, actor: Actor, kind: ApiKey['kind']): Promise<ApiKey[]> {
  actorWith(context, 'keys:write');
  const { database, clock } = context.app.payments;
  return listKeys(database, { actor, kind }, clock.now());
}

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Whoever asks. Any good key may ask this.',
    resolve: (_, __, context) => requireActor(context),
  }),
);

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'What the new key may do.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    shopId: t.id({ description: 'Binds the key to one shop; left out, it is good for all that the asking key sees.' }),
    scopes: t.stringList({ required: true, description: `Some of the scopes of the key that asks. ${scopeList}` }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops; left out, never.' }),
  }),
});

type Created = { readonly apiKey: ApiKey; readonly secret: string };

const CreateApiKeySuccess = builder.objectRef<Created>('CreateApiKeySuccess').implement({
  description: 'The key is made.',
  fields: (t) => ({
    apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'What is kept of it.' }),
    secret: t.exposeString('secret', { description: 'The key itself, `bk_…`, shown this once.' }),
  }),
});

builder.mutationField('createApiKey', (t) =>
  t.field({
    type: resultUnion('CreateApiKey', CreateApiKeySuccess),
    description:
      'Makes an API key. Scope: keys:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), FORBIDDEN, WRONG_STATE (the ' +
      `merchant has ${goodKeysMax} API keys that are good).`,
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'What the new key may do.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'createApiKey', scope: 'keys:write' }, async (actor) => {
        const { payments, keyMode } = context.app;
        const shopId = input.shopId ? parseId(input.shopId, 'shop', ['shopId']) : undefined;
        const shop = shopId === undefined ? undefined : await payments.shops.find(shopId);
        if (shopId !== undefined && shop?.merchantId !== actor.merchantId) {
          throw new NotFound('No shop with this id belongs to you.', ['shopId']);
        }
        if (shopId !== undefined && actor.shopId !== undefined && actor.shopId !== shopId) {
          throw new Forbidden('This key is bound to one shop and cannot make a key for another.', ['shopId']);
        }
        const wish = { name: input.name, shopId, scopes: input.scopes, expiresAt: input.expiresAt ?? undefined };
        const deps = { actor, clock: payments.clock, mode: keyMode };
        return inTransaction(payments.database, (tx) => createApiKey(tx, deps, wish));
      }),
  }),
);

const RevokeApiKeySuccess = builder.objectRef<{ apiKey: ApiKey }>('RevokeApiKeySuccess').implement({
  description: 'The key is revoked; live subscriptions of it end within a second.',
  fields: (t) => ({ apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The revoked key.' }) }),
});

builder.mutationField('revokeApiKey', (t) =>
  t.field({
    type: resultUnion('RevokeApiKey', RevokeApiKeySuccess),
    description: 'Revokes an API key for good. Scope: keys:write. Refusals: NOT_FOUND.',
    args: { id: t.arg.id({ required: true, description: 'Id of the key, not the key itself.' }) },
    resolve: (_, { id }, context) =>
      refusable(context, { operation: 'revokeApiKey', scope: 'keys:write' }, async (actor) => {
        const { payments, authenticator } = context.app;
        const keyId = parseId(id, 'API key');
        await inTransaction(payments.database, (tx) => revokeApiKey(tx, { actor, clock: payments.clock }, keyId));
        authenticator.forget(keyId);
        return { apiKey: await payments.database.prisma.apiKey.findUniqueOrThrow({ where: { id: keyId } }) };
      }),
  }),
);

const CreateRestTokenInput = builder.inputType('CreateRestTokenInput', {
  description: 'How the new token is called and how long it is good.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops; left out, never.' }),
  }),
});

type CreatedToken = { readonly restToken: ApiKey; readonly secret: string };

const CreateRestTokenSuccess = builder.objectRef<CreatedToken>('CreateRestTokenSuccess').implement({
  description: 'The token is made.',
  fields: (t) => ({
    restToken: t.expose('restToken', { type: RestTokenRef, description: 'What is kept of it.' }),
    secret: t.exposeString('secret', { description: 'The token itself, 64 letters and digits, shown this once.' }),
  }),
});

builder.mutationField('createRestToken', (t) =>
  t.field({
    type: resultUnion('CreateRestToken', CreateRestTokenSuccess),
    description:
      'Makes a token for the imoje REST door, good for all shops. Scope: keys:write. Refusals: INVALID_INPUT (also for ' +
      `a key that lacks one of ${[...restScopes].join(', ')}), FORBIDDEN (also for one that is bound to one shop), ` +
      `WRONG_STATE (the merchant has ${goodKeysMax} tokens that are good).`,
    args: { input: t.arg({ type: CreateRestTokenInput, required: true, description: 'The name and the end.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'createRestToken', scope: 'keys:write' }, (actor) => {
        const { database, clock } = context.app.payments;
        const wish = { name: input.name, expiresAt: input.expiresAt ?? undefined };
        return inTransaction(database, (tx) => createRestToken(tx, { actor, clock }, wish));
      }),
  }),
);

const RevokeRestTokenSuccess = builder.objectRef<{ restToken: ApiKey }>('RevokeRestTokenSuccess').implement({
  description: 'The token is revoked.',
  fields: (t) => ({ restToken: t.expose('restToken', { type: RestTokenRef, description: 'The revoked token.' }) }),
});

builder.mutationField('revokeRestToken', (t) =>
  t.field({
    type: resultUnion('RevokeRestToken', RevokeRestTokenSuccess),
    description: 'Revokes a token of the imoje REST door for good. Scope: keys:write. Refusals: NOT_FOUND.',
    args: { id: t.arg.id({ required: true, description: 'Id of the token, not the token itself.' }) },
    resolve: (_, { id }, context) =>
      refusable(context, { operation: 'revokeRestToken', scope: 'keys:write' }, async (actor) => {
        const { payments, restTokens } = context.app;
        const tokenId = parseId(id, 'REST token');
        await inTransaction(payments.database, (tx) => revokeRestToken(tx, { actor, clock: payments.clock }, tokenId));
        restTokens.forget(tokenId);
        return { restToken: await payments.database.prisma.apiKey.findUniqueOrThrow({ where: { id: tokenId } }) };
      }),
  }),
);
