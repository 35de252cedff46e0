import { describe, expect, it } from 'vitest';
import { DeclineReason } from '../../src/kernel/db/generated/prisma/enums.ts';
import type { PaymentView } from '../../src/paywall/pages/view.ts';
import { allMethods, draw, drawnAt, markupOf, plain, type Wishes } from './views.ts';

const drawAll = (wishes: Wishes = {}): string => markupOf(draw({ methods: allMethods, ...wishes }));
const inputOf = (page: string, id: string): string => new RegExp(`<input id="${id}"[^>]*>`).exec(page)?.[0] ?? '';

/** The form that is posted to this path. */
const formOf = (page: string, path: string): string =>
  new RegExp(`<form method="post" action="/pay/1/${path}">.*?</form>`, 's').exec(page)?.[0] ?? '';

describe('The page of a payment that several methods can pay', () => {
  it('offers each method by name, and opens one of them', () => {
    const page = drawAll();
    const names = [...page.matchAll(/<summary>([^<]+)<\/summary>/g)].map(([, name]) => name);
    expect(names).toEqual(['BLIK', 'Bank transfer', 'Payment card', 'Wallet', 'Pay later', 'Instalments', 'Lease']);
    expect(page.match(/<details name="method" class="way" open>/g)).toHaveLength(1);
    expect(page).toMatch(/open>\s*<summary>BLIK/);
    expect(drawAll({ opened: { method: 'CARD' } })).toMatch(/open>\s*<summary>Payment card/);
  });

  it('shows one method as its form, without a list and without a choice', () => {
    const page = draw({ methods: allMethods.filter(({ method }) => method === 'CARD') });
    expect(page).not.toContain('<details name="method"');
    expect(page).toContain('<form method="post" action="/pay/1/card"');
    expect(page).toContain('<h2>Payment card</h2>');
    expect(page).not.toContain('Choose how to pay');
  });

  it('says what cannot pay at the moment, and why', () => {
    const page = plain(
      drawAll({
        unavailable: [
          { name: 'BLIK', reason: 'ACQUIRER_DOWN' },
          { name: 'Nest Bank', reason: 'OUTSIDE_HOURS', until: drawnAt },
        ],
      }),
    );
    expect(page).toContain('<li>BLIK is out of order at the moment.');
    expect(page).toContain('<li>Nest Bank takes no payments until 23 November 2026 at 14:05 CET.');
  });

  it('asks for patience, and not for another shop, when all that could pay is out of order', () => {
    const page = draw({ methods: [], unavailable: [{ name: 'BLIK', reason: 'ACQUIRER_DOWN' }] });
    expect(page).toContain('No payment method of the shop works at the moment.');
    expect(page).not.toContain('contact its support');
  });

  it('speaks of no BLIK code to a payer who has tried cards too often', () => {
    const cards = allMethods.filter(({ method }) => method === 'CARD');
    expect(draw({ methods: cards, problem: { form: undefined, code: 'TOO_MANY_ATTEMPTS' } })).not.toContain('BLIK');
  });

  it('warns a payer who may have paid already, and lets every form replace the attempt', () => {
    const running: Wishes = { payment: { status: 'PENDING' }, attempt: { status: 'PENDING', label: 'mBank' } };
    const page = drawAll({ ...running, replacing: true });
    expect(page).toContain('If you have already confirmed the payment with mBank, do not pay again');
    expect(page).toContain('<a href="/pay/1">Wait for the result</a>');
    expect(page.match(/name="supersede" value="1"/g)).toHaveLength(page.match(/<form/g)?.length ?? 0);
    expect(drawAll()).not.toContain('supersede');
  });
});

describe('The card form', () => {
  const page = drawAll();

  it('lets browsers fill it in, and shows the keyboard for digits', () => {
    for (const [id, fill] of [
      ['number', 'cc-number'],
      ['expiry', 'cc-exp'],
      ['cvv', 'cc-csc'],
    ] as const) {
      expect(inputOf(page, id)).toContain(`inputmode="numeric" autocomplete="${fill}"`);
    }
    expect(inputOf(page, 'name')).toContain('autocomplete="cc-name"');
  });

  it('says at each field what is wrong with it, and at the top leads to it', () => {
    const problems = [
      { field: 'number', code: 'NUMBER_INVALID' },
      { field: 'cvv', code: 'CVV_MISSING' },
    ] as const;
    const refused = drawAll({ problem: { form: 'CARD', problems, kept: { expiry: '1/29', name: 'Łucja "Ż' } } });
    expect(refused).toContain('<li><a href="#number">This is no card number. Check every digit.</a></li>');
    expect(refused).toContain('<p class="wrong" id="cvv-wrong">Enter the security code of the card.</p>');
    expect(inputOf(refused, 'number')).toContain('aria-describedby="number-hint number-wrong" aria-invalid="true"');
    expect(inputOf(refused, 'expiry')).not.toContain('aria-invalid');
    expect(inputOf(refused, 'expiry')).toContain('value="1/29"');
    expect(inputOf(refused, 'name')).toContain('value="Łucja &quot;Ż"');
    for (const id of ['number', 'cvv']) expect(inputOf(refused, id)).toContain('value=""');
  });
});

describe('The banks', () => {
  it('are tiles with names, of which the payer chooses one', () => {
    const page = drawAll();
    expect(page).toMatch(
      /<input type="radio" name="channel" value="mtransfer" required><span><svg [^>]+ aria-hidden="true">.{1,300}<\/svg>mBank<\/span>/,
    );
    expect(page).toContain('<form method="post" action="/pay/1/bank">');
    expect(formOf(page, 'bank')).not.toContain(' checked');
  });

  it('keep the one that was tried last or that the shop preselected', () => {
    expect(drawAll({ opened: { method: 'PBL', channel: 'ipko' } })).toContain('value="ipko" required checked>');
  });

  it('say when none was chosen', () => {
    const page = drawAll({ problem: { form: 'PBL', code: 'NONE_CHOSEN' } });
    expect(page).toContain('<a href="#bank">Choose the bank from which you want to pay.</a>');
    expect(page).toContain('<fieldset id="bank" aria-invalid="true" aria-describedby="bank-wrong">');
  });
});

describe('The lenders', () => {
  it('need no choice where a method has only one', () => {
    const page = drawAll();
    expect(formOf(page, 'pay-later')).not.toContain(' checked');
    expect(formOf(page, 'lease')).toContain('value="lease" required checked>');
  });

  it('are tiles beside the banks, in a form of their own for each method', () => {
    const page = drawAll({ opened: { method: 'PAY_LATER', channel: 'imoje_twisto' } });
    expect(page).toContain('<form method="post" action="/pay/1/pay-later">');
    expect(page).toContain('<form method="post" action="/pay/1/instalments">');
    expect(page).toMatch(/value="imoje_twisto" required checked><span><svg .{1,400}<\/svg>Twisto<\/span>/);
    expect(page).toMatch(/value="inbank" required checked><span><svg .{1,400}<\/svg>Inbank instalments<\/span>/);
    expect(page).toMatch(/open>\s*<summary>Pay later/);
  });

  it.each([
    ['PAY_LATER', 'pay-later', 'Choose the lender with whom you want to pay later.'],
    ['INSTALLMENTS', 'instalments', 'Choose the instalments in which you want to pay.'],
  ] as const)('of %s say when none was chosen, and the other tiles are not to blame', (form, id, words) => {
    const page = drawAll({ problem: { form, code: 'NONE_CHOSEN' } });
    expect(page).toContain(`<a href="#${id}">${words}</a>`);
    expect(page).toContain(`<fieldset id="${id}" aria-invalid="true" aria-describedby="${id}-wrong">`);
    expect(page.match(/aria-invalid/g)).toHaveLength(1);
  });

  it.each([
    ['PAYER_DECLINED', 'declined on the lender’s page'],
    ['NOT_CONFIRMED', 'not confirmed with the lender in time'],
    ['ISSUER_DECLINED', 'The lender refused to pay for you'],
  ] as const)('that gave no credit for %s are named instead of a bank', (reason, words) => {
    for (const method of ['PAY_LATER', 'INSTALLMENTS'] as const) {
      expect(drawAll({ attempt: { method, reason } })).toContain(words);
    }
    expect(drawAll({ attempt: { method: 'PBL', reason } })).not.toContain(words);
  });
});

describe('The wallets', () => {
  it('are links to where each shows its cards', () => {
    expect(drawAll()).toContain('href="/pay/1/wallet?channel=gpay">Pay with Google Pay</a>');
  });

  it('that ask in their own app are forms, whose refusals name the wallet instead of a bank', () => {
    expect(drawAll()).toMatch(/name="channel" value="visa_mobile">\s*<p><button/);
    const refused = (channel: string, method: 'WALLET' | 'PBL'): string =>
      drawAll({ attempt: { method, channel, reason: 'PAYER_DECLINED' } });
    expect(refused('visa_mobile', 'WALLET')).toContain('declined in the wallet');
    expect(refused('mtransfer', 'PBL')).not.toContain('declined in the wallet');
  });
});

describe('After a refused attempt', () => {
  it.each(Object.values(DeclineReason))('%s names another way at most once, and only where there is one', (reason) => {
    const otherWays = { en: /another (?:way|payment method)/g, pl: /zapłać inaczej|inną metodę/g };
    for (const locale of ['en', 'pl'] as const) {
      const refused = (methods: PaymentView['methods']): string => {
        const page = draw({ locale, methods, attempt: { method: 'CARD', reason } });
        return /<div class="alert".*?<\/div>/s.exec(page)?.[0] ?? '';
      };
      expect(refused(allMethods).match(otherWays[locale])).toHaveLength(1);
      expect(refused([{ method: 'CARD' }])).not.toMatch(otherWays[locale]);
    }
  });
});

describe('The page of an attempt that waits elsewhere', () => {
  const waiting = (attempt: Wishes['attempt']): string =>
    markupOf(draw({ payment: { status: 'PENDING' }, attempt: { status: 'PENDING', ...attempt } }));

  it('leads on to the bank, and to another method', () => {
    const page = waiting({
      method: 'PBL',
      label: 'mBank',
      bankPage: { url: '/sandbox/1', httpMethod: 'GET', fields: [] },
      replaceable: true,
    });
    expect(page).toContain('Confirm the payment on your bank’s page');
    expect(page).toContain('<a class="button" href="/sandbox/1">Go to mBank</a>');
    expect(page).toContain('<a href="/pay/1/other">Pay in another way</a>');
    expect(page).toContain('If you have done so already, just wait.');
  });

  it('leads on to the lender', () => {
    const page = waiting({
      method: 'INSTALLMENTS',
      label: 'Inbank instalments',
      bankPage: { url: '/sandbox/1', httpMethod: 'GET', fields: [] },
      replaceable: true,
    });
    expect(page).toContain('Finish on the lender’s page');
    expect(page).toContain('<a class="button" href="/sandbox/1">Go to Inbank instalments</a>');
    expect(page).not.toMatch(/bank’s page|issued your card/);
  });

  it('leads on to the challenge of a card', () => {
    const page = waiting({
      method: 'CARD',
      label: 'Payment card',
      bankPage: { url: '/sandbox/1', httpMethod: 'GET', fields: [] },
      replaceable: true,
    });
    expect(page).toContain('Your bank wants you to confirm the payment');
    expect(page).toContain('<a class="button" href="/sandbox/1">Confirm at the bank</a>');
    expect(page).toContain('If you have done so already, just wait.');
  });

  it('waits for an answer when there is nothing to confirm', () => {
    const page = waiting({ method: 'CARD', label: 'Payment card' });
    expect(page).toContain('We are waiting for the answer');
    expect(page).toContain('The payment of PLN 123.45 has been sent.');
    expect(page).not.toContain('/other');
  });

  it('shows the methods while an attempt waits for its card on this page', () => {
    const page = draw({
      methods: allMethods,
      payment: { status: 'PENDING' },
      attempt: { status: 'NEW', method: 'CARD' },
    });
    expect(page).toContain('action="/pay/1/card"');
  });
});
