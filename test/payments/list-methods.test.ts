import { describe, expect, it, onTestFinished } from 'vitest';
import { type Acquirer, type Acquirers, acquirerFor } from '../../src/acquirers/port.ts';
import { bankUnavailability } from '../../src/acquirers/sandbox-banks/capabilities.ts';
import { locales } from '../../src/kernel/i18n/locales.ts';
import { listMethods, type MethodOption, type MethodWish } from '../../src/payments/list-methods.ts';
import { channelName, methodName } from '../../src/payments/name-methods.ts';
import { type Channel, channels, type Shop } from '../../src/shops/model.ts';
import { bringDown, guard } from '../acquirers/guarded.ts';
import { createToldAcquirer } from './told-acquirer.ts';

const noon = new Date('2026-11-26T11:00:00.000Z');
/** Half past midnight in Warsaw: bs is closed until one o'clock, all other banks are open. */
const afterMidnight = new Date('2026-11-25T23:30:00.000Z');

const blik = createToldAcquirer(['blik', 'blik_oneclick'], 'blik');
const banks = { ...createToldAcquirer(['bs', 'nest', 'ing'], 'banks'), unavailability: bankUnavailability };

const acquirersOf = (...list: Acquirer[]): Acquirers => new Map(list.map((acquirer) => [acquirer.name, acquirer]));
const shopOf = (...offered: Channel[]) => ({ channels: offered }) as Pick<Shop, 'channels'> as Shop;
const wishOf = (changes: Partial<MethodWish> = {}): MethodWish => ({
  amount: 10_000n,
  currency: 'PLN',
  wanted: [],
  now: noon,
  ...changes,
});

/** Options as short texts: `PBL ing bs:OUTSIDE_HOURS`. */
const short = (options: readonly MethodOption[]) =>
  options.map(({ method, options: of }) =>
    [method, ...of.map((one) => one.channel + (one.unavailable ? `:${one.unavailable.reason}` : ''))].join(' '),
  );

describe('What can pay', () => {
  const lender = createToldAcquirer(['paypo', 'inbank', 'inbank_0', 'lease'], 'lender');
  const all = acquirersOf(blik, banks, lender);

  it.each([
    ['in the order of the shop', shopOf('nest', 'blik', 'bs', 'ing'), {}, ['PBL nest bs ing', 'BLIK blik']],
    ['only what has an acquirer', shopOf('blik', 'wt', 'ecom3ds'), {}, ['BLIK blik']],
    ['a lease where nothing is known of a cart', shopOf('lease'), { amount: 500_000n }, ['LEASE lease']],
    ['no lease below 5,000.00', shopOf('lease', 'blik'), { amount: 499_999n }, ['BLIK blik']],
    ['no lease without a cart', shopOf('lease', 'blik'), { amount: 500_000n, documents: null }, ['BLIK blik']],
    ['only what takes the currency', shopOf('blik', 'ing'), { currency: 'EUR' }, []],
    ['only what the payment wants', shopOf('blik', 'ing'), { wanted: ['PBL', 'CARD'] }, ['PBL ing']],
    ['only what is open at this hour', shopOf('bs', 'ing'), { now: afterMidnight }, ['PBL ing']],
    ['no method of which nothing is open', shopOf('blik', 'bs'), { now: afterMidnight }, ['BLIK blik']],
    ['no instalments below 300.00', shopOf('inbank', 'paypo', 'inbank_0'), { amount: 29_999n }, ['PAY_LATER paypo']],
    [
      'instalments from 300.00 on',
      shopOf('inbank', 'paypo', 'inbank_0'),
      { amount: 30_000n },
      ['INSTALLMENTS inbank inbank_0', 'PAY_LATER paypo'],
    ],
    [
      'instalments up to 50,000.00',
      shopOf('inbank', 'blik'),
      { amount: 5_000_000n },
      ['INSTALLMENTS inbank', 'BLIK blik'],
    ],
    [
      'no instalments above 50,000.00, not even as closed',
      shopOf('inbank', 'blik'),
      { amount: 5_000_001n, includeUnavailable: true },
      ['BLIK blik'],
    ],
    [
      'what is closed too, when that is asked for',
      shopOf('blik', 'bs', 'ing'),
      { now: afterMidnight, includeUnavailable: true },
      ['BLIK blik', 'PBL bs:OUTSIDE_HOURS ing'],
    ],
  ] as const)('is listed: %s', (_, shop, changes, expected) => {
    expect(short(listMethods(all, shop, wishOf(changes)))).toEqual(expected);
  });

  it('has for channels only those that can be used, and says until when the others cannot', () => {
    const wish = wishOf({ now: afterMidnight, includeUnavailable: true });
    expect(listMethods(all, shopOf('bs', 'ing'), wish)).toEqual([
      {
        method: 'PBL',
        channels: ['ing'],
        options: [
          {
            channel: 'bs',
            unavailable: { reason: 'OUTSIDE_HOURS', until: new Date('2026-11-26T00:00:00.000Z') },
          },
          { channel: 'ing', unavailable: undefined },
        ],
      },
    ]);
    expect(listMethods(all, shopOf('bs'), wish)).toMatchObject([{ method: 'PBL', channels: [] }]);
  });

  it('is without a method whose acquirer is down, and with it again when that is back', async () => {
    const told = createToldAcquirer(['blik'], 'blik');
    const guarded = guard(told, { probeAfterMs: 1 });
    onTestFinished(() => guarded.acquirer.shutDown());
    const acquirers = acquirersOf(guarded.acquirer, banks);
    const shop = shopOf('blik', 'ing');
    told.onAsk(new Error('connection refused'));
    await bringDown(guarded);
    expect(short(listMethods(acquirers, shop, wishOf()))).toEqual(['PBL ing']);
    expect(short(listMethods(acquirers, shop, wishOf({ includeUnavailable: true })))).toEqual([
      'BLIK blik:ACQUIRER_DOWN',
      'PBL ing',
    ]);
    expect(acquirerFor(acquirers, 'blik')).toBe(guarded.acquirer);
    const back = guarded.back();
    told.onAsk({ kind: 'unheard' });
    await back;
    expect(short(listMethods(acquirers, shop, wishOf()))).toEqual(['BLIK blik', 'PBL ing']);
  });
});

describe('Names for payers', () => {
  const all = Object.keys(channels) as Channel[];

  it.each([
    ['mtransfer', 'de', 'mBank'],
    ['bspb', 'en', 'Bank Spółdzielczy w Brodnicy'],
    ['getin', 'pl', 'VeloBank (dawniej Getin)'],
    ['getin', 'en', 'VeloBank (formerly Getin)'],
    ['wt', 'pl', 'Przelew tradycyjny'],
    ['wt', 'lt', 'Įprastas banko pavedimas'],
  ] as const)('%s in %s is %s', (channel, locale, name) => {
    expect(channelName(channel, locale)).toBe(name);
  });

  it.each(locales)('no two channels have the same one, in %s, and the ids of none are shown', (locale) => {
    const names = all.map((channel) => channelName(channel, locale));
    expect(new Set(names).size).toBe(all.length);
    expect(names.filter((name) => (all as string[]).includes(name) || name.trim() !== name || name === '')).toEqual([]);
  });

  it('of a method that is one brand is the name of its channel', () => {
    expect(channelName('blik', 'pl')).toBe(methodName('BLIK', 'pl'));
  });
});
