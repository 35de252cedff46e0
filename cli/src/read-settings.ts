import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongUse } from './errors.ts';

/** The environment of the process, as far as the command reads it. */
export type Environment = { readonly [name: string]: string | undefined };

/** The options that every command takes. */
export type CommonOptions = {
  readonly url?: string;
  readonly shop?: string;
  readonly keyFile?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
};

/** Which gateway is asked, with whose key, about which shop. Secrets stay in here: nothing of them is ever printed. */
export type Settings = {
  readonly url: string;
  readonly apiKey: string;
  readonly shopId: string;
  /** Where listeners keep their places. */
  readonly dataDir: string;
  readonly merchantId: string | undefined;
  /** The shop's service key, by which notifications of imoje are signed. */
  readonly serviceKey: string | undefined;
  /** `whsec_…`, by which Standard Webhooks are signed. */
  readonly webhookSecret: string | undefined;
};

type Demo = { readonly [name: string]: string | undefined };

/**
 * Puts the settings together: options before the environment, and both before the `demo.json` of a sandbox. As soon as
 * another gateway is named, nothing of `demo.json` is used: its key would go to a stranger.
 * @throws WrongUse when something is missing or cannot be read.
 */
export async function readSettings(options: CommonOptions, env: Environment): Promise<Settings> {
  // What a shell or a pipeline sets to nothing is not set: nothing may be signed by an empty key.
  const given = (name: string): string | undefined => env[name] || undefined;
  const dataDir = options.dataDir ?? given('BRAMKA_DATA_DIR') ?? '.bramka';
  const url = options.url ?? given('BRAMKA_URL');
  const demo = url === undefined ? await readDemo(dataDir) : {};
  const apiKey =
    options.keyFile === undefined ? (given('BRAMKA_API_KEY') ?? demo.apiKey) : await readKey(options.keyFile);
  const shopId = options.shop ?? given('BRAMKA_SHOP_ID') ?? demo.shopId;
  const noDemo = url === undefined ? '' : ' Of demo.json nothing is used with another address.';
  if (apiKey === undefined)
    throw new WrongUse(`An API key is missing: set BRAMKA_API_KEY, or name a file by --key-file.${noDemo}`);
  if (shopId === undefined) throw new WrongUse(`A shop is missing: name it by --shop, or set BRAMKA_SHOP_ID.${noDemo}`);
  // Of another shop, demo.json knows neither the merchant nor the key.
  const { merchantId, serviceKey }: Demo = shopId === demo.shopId ? demo : {};
  return {
    url: url ?? demo.graphqlUrl ?? '',
    apiKey,
    shopId,
    dataDir,
    merchantId: given('BRAMKA_MERCHANT_ID') ?? merchantId,
    serviceKey: given('BRAMKA_SERVICE_KEY') ?? serviceKey,
    webhookSecret: given('BRAMKA_WEBHOOK_SECRET'),
  };
}

async function readDemo(dataDir: string): Promise<Demo> {
  const file = join(dataDir, 'demo.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new WrongUse(
      `No gateway is named and ${file} cannot be read: start a sandbox here, or give --url or BRAMKA_URL.`,
    );
  }
  try {
    return JSON.parse(text) as Demo;
  } catch {
    throw new WrongUse(`${file} is no JSON; start the sandbox again, which writes it anew.`);
  }
}

async function readKey(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const key = text.trim();
  if (!/^\S+$/.test(key)) throw new WrongUse(`${file} cannot be read, or holds more or less than one API key.`);
  return key;
}
