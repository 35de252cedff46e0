import { describe, expect, it } from 'vitest';
import { locales } from '../../src/kernel/i18n/locales.ts';
import { catalogues } from '../../src/paywall/messages/catalogues.ts';
import { errorPage, pageErrors } from '../../src/paywall/pages/error-page.ts';
import { announcements } from '../../src/paywall/pages/waiting-page.ts';
import { draw, drawnAt, frameOf, markupOf, settled, type Wishes, waiting } from './views.ts';

describe('The waiting page', () => {
  it('sends the payer to the bank app and says how the payment stands', () => {
    const page = draw({ ...waiting, locale: 'pl' });
    expect(page).toContain('Potwierdź płatność w aplikacji banku');
    expect(page).toContain('<strong>W trakcie realizacji</strong>');
    expect(page).not.toContain('<form');
  });

  it('counts down to the end of the confirmation, for eyes and for ears', () => {
    const page = draw(waiting);
    expect(page).toContain('data-left="47"');
    expect(page).toContain('>0:47</p>');
    expect(page).toContain('role="status" class="hidden">47 seconds left to confirm.</p>');
    expect(page).toContain('[30,&quot;30 seconds left to confirm.&quot;]');
  });

  it('says that it waits for the bank once the time is over', () => {
    const page = draw({ ...waiting, now: new Date(drawnAt.getTime() + 60_000) });
    expect(page).toContain('role="status">The time to confirm has run out.');
  });

  it('listens for news, and without scripts asks again every 3 seconds', () => {
    expect(draw(waiting)).toContain(
      'data-events="/pay/1/events" data-status="PENDING.PENDING.1.CONFIRM" data-self="/pay/1"',
    );
    expect(draw(waiting)).toContain('<noscript><meta http-equiv="refresh" content="3"></noscript>');
  });

  it('is honest when the bank has not answered: do not pay again', () => {
    const page = draw({ ...waiting, attempt: { status: 'UNKNOWN' } });
    expect(page).toContain('The bank has not answered yet');
    expect(page).toContain('Do not pay again.');
    expect(page).not.toMatch(/No money was taken|data-left="/);
  });
});

describe('Before anything is decided', () => {
  const returnTo = { url: 'https://shop.example/back?a=1&b=2', automatic: false };
  const link = '<p class="back"><a href="https://shop.example/back?a=1&amp;b=2">Back to the shop</a></p>';

  it.each([
    ['a code waits to be confirmed', waiting],
    [
      'a bank page was left',
      {
        payment: { status: 'PENDING' },
        attempt: {
          ...({ status: 'PENDING', method: 'PBL', label: 'mBank' } as const),
          bankPage: { url: 'https://bank.example', httpMethod: 'GET', fields: [] },
        },
      },
    ],
    ['the bank has not answered', { ...waiting, attempt: { status: 'UNKNOWN' } }],
    [
      'a transfer of his own is on its way',
      {
        payment: { status: 'PENDING' },
        attempt: {
          ...({ status: 'PENDING', method: 'WIRE_TRANSFER', label: 'Traditional transfer' } as const),
          transfer: { account: '27114020040000300201355387', recipient: 'Shop', title: 'Books', reference: undefined },
        },
      },
    ],
    [
      'another way to pay is chosen',
      { replacing: true, payment: { status: 'PENDING' }, attempt: { status: 'PENDING', label: 'mBank' } },
    ],
  ] satisfies [string, Wishes][])('the page leads back to the shop while %s', (_, wishes) => {
    expect(draw({ ...wishes, returnTo })).toContain(link);
    expect(draw(wishes)).not.toContain('Back to the shop');
  });
});

describe('announcements', () => {
  it('come every 30 s below a minute, every minute below five, every 3 minutes above', () => {
    expect(announcements(60)).toEqual([30, 0]);
    expect(announcements(150)).toEqual([120, 60, 30, 0]);
    expect(announcements(900)).toEqual([840, 660, 480, 300, 240, 180, 120, 60, 30, 0]);
    expect(announcements(0)).toEqual([]);
  });
});

describe('The result page', () => {
  const returnTo = { url: 'https://shop.example/ok?a=1&b=2;c="', automatic: true };

  it('of a paid payment is a receipt', () => {
    const page = draw(settled);
    for (const text of ['Completed', 'You paid PLN 123.45', 'can no longer be cancelled', 'BLIK', '14:05 CET']) {
      expect(page).toContain(text);
    }
  });

  it('sends the payer to the very address of the shop, by button and after 5 seconds', () => {
    const escaped = 'https://shop.example/ok?a=1&amp;b=2;c=&quot;';
    const page = draw({ ...settled, returnTo });
    expect(page).toContain(`<a class="button" href="${escaped}" data-after="5">Back to the shop</a>`);
    expect(page).toContain(`<noscript><meta http-equiv="refresh" content="5;url=${escaped}"></noscript>`);
  });

  it('lets the payer stay', () => {
    expect(draw({ ...settled, returnTo })).toContain('<a href="/pay/1?stay=1">Stay on this page</a>');
    const page = draw({ ...settled, returnTo: { ...returnTo, automatic: false } });
    expect(markupOf(page)).not.toMatch(/http-equiv="refresh"|data-after/);
  });

  it.each(['CANCELLED', 'EXPIRED'] as const)(
    'of a payment that is %s says what happened and that no money was taken',
    (status) => {
      const page = draw({ payment: { status }, returnTo });
      expect(page).toContain('<strong>Error</strong>');
      expect(page).toContain('No money was taken.');
      expect(page).toContain(status === 'EXPIRED' ? 'valid until 24 November 2026 at 14:00 CET' : 'The shop cancelled');
      expect(page).toContain('<dt>Amount</dt><dd>PLN 123.45</dd>');
      expect(page).toContain('content="5;url=');
    },
  );

  it.each(['CANCELLED', 'EXPIRED'] as const)(
    'of a payment that is %s promises nothing while an attempt may still bring money',
    (status) => {
      const page = draw({ payment: { status }, attempt: { status: 'UNKNOWN' }, moneyMayCome: true, returnTo });
      expect(page).not.toMatch(/No money was taken|content="5/);
      expect(page).toContain('it may still go through');
      expect(page).toContain(`data-status="${status}.UNKNOWN.1"`);
    },
  );

  it('of reserved money says so, keeps listening, and goes back to the shop as one that is paid', () => {
    const page = draw({ payment: { status: 'AUTHORIZED' }, attempt: { status: 'AUTHORIZED' }, returnTo });
    expect(page).toContain('PLN 123.45 is reserved');
    expect(page).toContain('<strong>In progress</strong>');
    expect(page).toContain('data-events=');
    expect(page).toContain('data-after="5"');
    expect(page).not.toContain('content="3"');
  });
});

describe('The error page', () => {
  it.each(locales)('has a title and a text for everything that can go wrong, in %s', (locale) => {
    const texts = catalogues[locale];
    for (const error of pageErrors) {
      const page = String(errorPage({ ...frameOf(locale), error }));
      expect(page).toContain(`<h1>${texts[`error.${error}.title`]}</h1>`);
      expect(page).toContain(texts[`error.${error}.text`]);
    }
  });

  it('lists the fields that are wrong', () => {
    const problems = [{ field: 'amount', text: 'must be 1 to 999999999' }];
    const page = String(errorPage({ ...frameOf(), error: 'BAD_FORM', problems }));
    expect(page).toContain('<li><code>amount</code>: must be 1 to 999999999</li>');
  });

  it('has the space of French before its colons', () => {
    const french = { ...frameOf(), locale: 'fr' } as const;
    expect(String(errorPage({ ...french, error: 'BAD_SIGNATURE' }))).toContain('<p>À vérifier\u00a0:</p>');
    expect(String(errorPage({ ...french, error: 'SERVER_ERROR', reference: 'r-1' }))).toContain(
      'Numéro de référence\u00a0: <code>r-1</code>',
    );
  });

  it('tells the developer of the shop the rules of the signature, and never a signature', () => {
    const page = markupOf(String(errorPage({ ...frameOf(), error: 'BAD_SIGNATURE' })));
    expect(page).toContain('sorted by name');
    expect(page).not.toMatch(/[0-9a-f]{32}/);
  });
});
