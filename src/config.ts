import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { findStraySettings, type StraySetting } from './find-stray-settings.ts';
import { withClearMode } from './kernel/db/clear-mode.ts';
import { type Currency, currencies } from './kernel/money.ts';
import { StartError } from './kernel/start-error.ts';
import { parseIban } from './merchants/parse-identifiers.ts';
import type { BankFileSettings, SettlementAccount } from './payouts/deps.ts';
import { parseSettlementAccount, sandboxAccount, settlementSetting } from './payouts/parse-settlement-account.ts';
import { type NatsServers, parseNatsUrl } from './realtime/parse-nats-url.ts';
import { type Sizes, sizeSettings, sizesOf, wholeNumber } from './size-settings.ts';
import type { TransferDeps } from './transfers/deps.ts';

/** What the environment says about how to run; each setting is described in the README. */
export type Config = {
  readonly mode: 'sandbox' | 'production';
  readonly role: 'all' | 'api' | 'worker';
  /** Processes that serve on this machine; with more than one, another does the background work. */
  readonly workers: number;
  readonly host: string;
  readonly port: number;
  readonly trustedProxies: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Operations a minute that are answered for one API key; 0 is without end. */
  readonly rateLimitPerKey: number;
  /** Requests a minute without a good API key that are answered for one address; 0 is without end. */
  readonly rateLimitPerAddress: number;
  readonly databaseUrl: string | undefined;
  /** What carries hints between processes; PostgreSQL when undefined. */
  readonly nats: NatsServers | undefined;
  readonly dataDir: string;
  readonly secret: string | undefined;
  readonly publicUrl: string | undefined;
  /** The mail server; undefined: mails are kept in the sandbox, and refused in production. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string | undefined;
  readonly logLevel: string;
  /** Working hours after which a signed application, or a submitted shop, becomes active by itself. */
  readonly activationHours: number;
  /** Our accounts at banks, and where their statements are put to be imported. */
  readonly statements: Pick<TransferDeps, 'accounts' | 'folder'>;
  /** Whole business days after which a change of a payout account is in force. */
  readonly coolingDays: number;
  readonly bankFiles: BankFileSettings;
  readonly sizes: Sizes;
  /** Variables that are no settings, though somebody most likely meant them as such. */
  readonly strays: readonly StraySetting[];
};

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const absolute = (schemes: readonly string[]) => (text: string) =>
  URL.canParse(text) && schemes.includes(new URL(text).protocol);

const perMinute = (usual: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number from 0 (no limit) to 999999999')
    .transform(Number)
    .default(usual);

const accountSettings = Object.fromEntries(
  currencies.map((currency) => [
    settlementSetting(currency),
    z
      .string()
      .transform((text, context) => {
        const account = parseSettlementAccount(text);
        if (typeof account !== 'string') return account;
        context.addIssue({ code: 'custom', message: account });
        return z.NEVER;
      })
      .optional(),
  ]),
);

const environment = z.object({
  ...accountSettings,
  ...sizeSettings,
  BRAMKA_MODE: z.enum(['sandbox', 'production'], 'must be sandbox or production').default('sandbox'),
  BRAMKA_ROLE: z.enum(['all', 'api', 'worker'], 'must be all, api or worker').default('all'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a whole number from 0 to 65535')
    .default(4000),
  TRUSTED_PROXIES: list.refine(
    (ranges) => ranges.every((range) => ipaddr.isValid(range) || ipaddr.isValidCIDR(range)),
    'must be a list of addresses or ranges such as 10.0.0.0/8',
  ),
  ALLOWED_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be a list of origins such as https://panel.example',
  ),
  RATE_LIMIT_PER_KEY: perMinute(60_000),
  RATE_LIMIT_PER_ADDRESS: perMinute(600),
  DATABASE_URL: z
    .string()
    .refine(absolute(['postgres:', 'postgresql:']), 'must look like postgres://user:password@host:5432/name')
    .transform(withClearMode)
    .optional(),
  BRAMKA_DATA_DIR: z.string().default('.bramka'),
  BRAMKA_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  PUBLIC_URL: z
    .string()
    .refine(absolute(['http:', 'https:']), 'must look like https://pay.example')
    .refine(isBare, 'must be an address and no more: without blanks, a user name, a password, ? or #')
    .refine(
      isRoot,
      'must have no path, as the payer’s pages lead to addresses that begin at /; take a host name of its own',
    )
    .transform((text) => text.replace(/^https?/i, (scheme) => scheme.toLowerCase()).replace(/\/+$/, ''))
    .optional(),
  BRAMKA_WORKERS: wholeNumber({ min: 1, max: 64, usual: 1 }),
  NATS_URL: z
    .string()
    .transform((text, context) => {
      const nats = parseNatsUrl(text);
      if (nats) return nats;
      context.addIssue({ code: 'custom', message: 'must look like nats://user:password@host:4222' });
      return z.NEVER;
    })
    .optional(),
  SMTP_URL: z
    .string()
    .refine(absolute(['smtp:', 'smtps:']), 'must look like smtps://user:password@mail.example:465')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\s@<>]+@[^\s@<>]+$/, 'must be an e-mail address such as no-reply@pay.example')
    .optional(),
  STATEMENT_ACCOUNTS: list
    .transform((accounts) => accounts.map((account) => account.replaceAll(' ', '').toUpperCase()))
    .refine(
      (accounts) => accounts.every(isIban),
      'must be a list of account numbers such as PL61109010140000071219812874',
    ),
  STATEMENTS_DIR: z.string().optional(),
  ACTIVATION_WORKING_HOURS: wholeNumber({ min: 1, max: 80, usual: 4 }),
  PAYOUT_ACCOUNT_COOLING_DAYS: wholeNumber({ min: 0, max: 30, usual: 2 }),
  BANK_FILES_DIR: z.string().optional(),
  BANK_FILE_TRANSACTIONS_MAX: wholeNumber({ min: 1, max: 9_999, usual: 1_000 }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a level such as info or warn')
    .default('info'),
});

/** The names of all settings. */
export const settingNames: readonly string[] = Object.keys(environment.shape);

/**
 * Reads the settings. Empty variables count as unset.
 * @param use whether they are those of a gateway; commands look at its database alone.
 * @throws StartError with one line for each setting that is wrong or missing.
 */
export function readConfig(
  variables: Readonly<Record<string, string | undefined>> = process.env,
  use: 'gateway' | 'command' = 'command',
): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const { success, data, error } = environment.safeParse(given);
  const problems = [
    ...(error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}.`),
    ...missing(given),
    ...(use === 'gateway' ? [...unreachable(given), ...halves(given)] : []),
    ...sharedFolder(given),
    ...needlessWorkers(given),
  ];
  if (!success || problems.length > 0) throw new StartError(problems.join('\n'));
  return {
    mode: data.BRAMKA_MODE,
    role: data.BRAMKA_ROLE,
    workers: data.BRAMKA_WORKERS,
    host: data.HOST,
    port: data.PORT,
    trustedProxies: data.TRUSTED_PROXIES,
    allowedOrigins: data.ALLOWED_ORIGINS,
    rateLimitPerKey: data.RATE_LIMIT_PER_KEY,
    rateLimitPerAddress: data.RATE_LIMIT_PER_ADDRESS,
    databaseUrl: data.DATABASE_URL,
    nats: data.NATS_URL,
    dataDir: data.BRAMKA_DATA_DIR,
    secret: data.BRAMKA_SECRET,
    publicUrl: data.PUBLIC_URL,
    smtpUrl: data.SMTP_URL,
    mailFrom: data.MAIL_FROM,
    logLevel: data.LOG_LEVEL,
    activationHours: data.ACTIVATION_WORKING_HOURS,
    statements: { accounts: ourAccounts(data), folder: data.STATEMENTS_DIR },
    coolingDays: data.PAYOUT_ACCOUNT_COOLING_DAYS,
    bankFiles: {
      accounts: accountsOf(data),
      transactionsMax: data.BANK_FILE_TRANSACTIONS_MAX,
      folder: data.BANK_FILES_DIR,
    },
    sizes: sizesOf(data),
    strays: findStraySettings(given, settingNames),
  };
}

/** Tells libraries, which look when they are loaded, that they need not check their callers with each call. */
export function tellLibraries(): void {
  process.env.NODE_ENV ??= 'production';
}

/** The accounts that payouts are paid from; the sandbox has one of its own for each currency that is not set. */
function accountsOf(data: z.infer<typeof environment>): BankFileSettings['accounts'] {
  const usual = data.BRAMKA_MODE === 'sandbox' ? sandboxAccount : undefined;
  const given = data as Readonly<Record<string, unknown>>;
  const entries = currencies.map((currency): [Currency, SettlementAccount | undefined] => {
    const account = given[settlementSetting(currency)] as SettlementAccount | undefined;
    return [currency, account ?? usual];
  });
  return Object.fromEntries(entries.filter(([, account]) => account !== undefined));
}

/** All accounts of ours whose statements are imported: those that payouts are paid from, and others. */
function ourAccounts(data: z.infer<typeof environment>): readonly string[] {
  const settlement = Object.values(accountsOf(data)).map(({ iban }) => iban);
  return [...new Set([...settlement, ...data.STATEMENT_ACCOUNTS])];
}

function isIban(text: string): boolean {
  try {
    return parseIban(text, []) === text;
  } catch {
    return false;
  }
}

/** What production needs and a sandbox may do without. */
function missing(given: Readonly<Record<string, string | undefined>>): string[] {
  if (given.BRAMKA_MODE !== 'production' || given.BRAMKA_SECRET !== undefined) return [];
  return ['BRAMKA_SECRET is required in production; set it to at least 32 random characters and keep it.'];
}

/** In production payers type card data at the public address, and get its links by mail. */
function unreachable({ BRAMKA_MODE, PUBLIC_URL }: Readonly<Record<string, string | undefined>>): string[] {
  if (BRAMKA_MODE !== 'production' || (PUBLIC_URL !== undefined && !/^http:/i.test(PUBLIC_URL))) return [];
  return [
    'PUBLIC_URL is required in production, with https; set it to where payers reach it, such as https://pay.example.',
  ];
}

/** The embedded database belongs to one gateway, so nobody could do the other half of the work. */
function halves({ BRAMKA_ROLE = 'all', DATABASE_URL }: Readonly<Record<string, string | undefined>>): string[] {
  if (!['api', 'worker'].includes(BRAMKA_ROLE) || DATABASE_URL !== undefined) return [];
  return [
    `BRAMKA_ROLE=${BRAMKA_ROLE} leaves the rest to other processes on the same database; set DATABASE_URL, or unset BRAMKA_ROLE.`,
  ];
}

/** Several processes that serve are of no use to a role that is not for serving. */
function needlessWorkers({
  BRAMKA_ROLE,
  BRAMKA_WORKERS = '1',
}: Readonly<Record<string, string | undefined>>): string[] {
  if (BRAMKA_ROLE !== 'worker' || BRAMKA_WORKERS === '1') return [];
  return [
    'BRAMKA_WORKERS counts processes that serve, and BRAMKA_ROLE=worker is for the background work; unset one of them.',
  ];
}

/** Whatever lies in the folder of statements is imported, or moved away: files for the bank would never get there. */
function sharedFolder({ STATEMENTS_DIR, BANK_FILES_DIR }: Readonly<Record<string, string | undefined>>): string[] {
  if (STATEMENTS_DIR === undefined || BANK_FILES_DIR === undefined) return [];
  if (resolve(STATEMENTS_DIR) !== resolve(BANK_FILES_DIR)) return [];
  return ['BANK_FILES_DIR must be another folder than STATEMENTS_DIR, whose files are imported and moved away.'];
}

/** Paths are put behind it, so nothing else may be there; URL.canParse takes blanks, and one slash for two. */
function isBare(text: string): boolean {
  return !/^\s*https?:/i.test(text) || !URL.canParse(text) || /^https?:\/\/[^\s?#\\/@]+(?:\/[^\s?#\\]*)?$/i.test(text);
}

/** Whether an address leads to the root of its host; what is no address is said to be none. */
function isRoot(text: string): boolean {
  return !URL.canParse(text) || /^\/*$/.test(new URL(text).pathname);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
