import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DeclineReason, PaymentStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { locales } from '../../src/kernel/i18n/locales.ts';
import { catalogues } from '../../src/paywall/messages/catalogues.ts';
import { errorPage, pageErrors } from '../../src/paywall/pages/error-page.ts';
import { webAddress } from '../../src/paywall/pages/parts.ts';
import { type PaymentView, statusMark } from '../../src/paywall/pages/view.ts';
import {
  allMethods,
  draw,
  frameOf,
  markupOf,
  methodPages,
  plain,
  settled,
  viewOf,
  type Wishes,
  waiting,
} from './views.ts';

const statuses = Object.values(PaymentStatus);
const reasons = Object.values(DeclineReason);
const everyPage = (wishes: Wishes): string[] => [
  ...statuses.map((status) => draw({ ...wishes, payment: { ...wishes.payment, status } })),
  draw({ ...waiting, ...wishes, payment: { ...wishes.payment, status: 'PENDING' } }),
  draw({ ...wishes, attempt: { reason: 'CODE_INVALID' }, methods: allMethods }),
  ...methodPages(wishes),
  draw({ ...wishes, problem: { form: 'BLIK', code: 'CODE_MISSING' } }),
  ...pageErrors.map((error) => String(errorPage({ ...frameOf(), ...wishes, error, reference: 'r-1' }))),
];

type Urls = PaymentView['urls'];

describe('Every page', () => {
  const pages = locales.flatMap((locale) => everyPage({ locale, sandbox: true }));

  it('weighs less than 15 KB compressed', () => {
    for (const page of pages) expect(gzipSync(page).byteLength).toBeLessThan(15_000);
  });

  it('has one main heading, one main landmark, and names its language', () => {
    for (const page of pages) {
      expect(page.match(/<h1/g)).toHaveLength(1);
      expect(page.match(/<main/g)).toHaveLength(1);
    }
    const languages = pages.map((page) => page.match(/<html lang="(\w+)">/)?.[1]);
    expect([...new Set(languages)]).toEqual(locales);
  });

  it('holds no handler and no style in its markup, and no script or style without the nonce', () => {
    for (const page of pages) {
      expect(markupOf(page)).not.toMatch(/<[^>]*\s(?:on\w+|style)\s*=/i);
      expect(page.match(/<(?:script|style)\b/g)).toHaveLength(2);
      expect(page.match(/<(?:script|style) nonce="n0nce">/g)).toHaveLength(2);
    }
  });

  it('asks for nothing from elsewhere, not even for an icon', () => {
    for (const page of pages) {
      expect(page).not.toMatch(/(?:src|srcset)=|url\(|@import|<link (?!rel="icon" href="data:)/);
      expect(page.match(/<link rel="icon" href="data:image\/svg\+xml,[^"]+">/g)).toHaveLength(1);
    }
  });

  it('says in the sandbox that nobody pays here, and does not say it elsewhere', () => {
    for (const page of pages) expect(page).toContain('<aside class="test"');
    for (const page of everyPage({})) expect(page).not.toContain('<aside');
  });

  it('links to all languages, each named in itself', () => {
    const page = draw();
    expect(page).toContain('<a href="/pay/1?lang=pl" lang="pl" hreflang="pl">Polski</a>');
    expect(page).toContain('<a href="/pay/1?lang=en" lang="en" hreflang="en" aria-current="true">English</a>');
    expect(page.match(/hreflang=/g)).toHaveLength(12);
  });

  it('escapes whatever a shop has written', () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'{amount}';
    const hostile: Wishes = {
      payment: { shopName: evil, title: evil, orderId: evil },
      formNonce: evil,
      returnTo: { url: `https://shop.example/${evil}`, automatic: true },
      urls: {
        ...(Object.fromEntries(Object.keys(viewOf().urls).map((name) => [name, evil])) as Omit<Urls, 'tiles'>),
        tiles: { PBL: evil, PAY_LATER: evil, INSTALLMENTS: evil, LEASE: evil, WIRE_TRANSFER: evil },
      },
      languages: [
        { locale: 'pl', href: evil },
        { locale: 'en', href: evil },
      ],
    };
    const problems = [{ field: evil, text: evil }];
    const drawn = [...everyPage(hostile), String(errorPage({ ...frameOf(), error: 'BAD_FORM', problems }))];
    for (const page of drawn) {
      expect(markupOf(page)).not.toMatch(/<script|<img/);
      expect(page.match(/<script\b/g)).toHaveLength(1);
    }
  });

  it('never links to an address that is not http or https', () => {
    for (const url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      '//x',
    ]) {
      for (const page of everyPage({ returnTo: { url, automatic: true } })) {
        const links = markupOf(page).replace(/<link rel="icon" [^>]*>/, '');
        expect(links).not.toMatch(/(?:href|action)="(?!\/pay\/1|#\w+)|url=/);
      }
    }
  });
});

describe('webAddress', () => {
  it('gives back http and https addresses byte for byte', () => {
    for (const url of ['https://shop.example/ok?a=1&b=%C5%82', 'HTTP://shop.example', 'http://localhost:8080/Ł']) {
      expect(webAddress(url)).toBe(url);
    }
  });

  it('gives nothing for anything else', () => {
    for (const url of [undefined, '', 'https://', 'http:shop.example', 'ftp://shop.example', '/relative']) {
      expect(webAddress(url)).toBeUndefined();
    }
  });
});

describe('The page of a new payment', () => {
  it('shows shop, amount, title, order and how long there is', () => {
    for (const text of ['Book shop', 'PLN 123.45', 'Three books', 'ORD-1', '24 November 2026 at 14:00 CET']) {
      expect(draw()).toContain(text);
    }
    expect(draw()).toContain('<title>Pay PLN 123.45 – Book shop</title>');
  });

  it('writes the amount on the button, in the language of the page', () => {
    expect(draw()).toContain('<button type="submit">Pay PLN 123.45</button>');
    expect(draw({ locale: 'pl' })).toContain('<button type="submit">Zapłać 123,45 zł</button>');
  });

  it('asks for the BLIK code as the scheme demands', () => {
    const field = /<input id="code"[^>]*>/.exec(draw())?.[0] ?? '';
    for (const attribute of ['name="code"', 'inputmode="numeric"', 'autocomplete="off"']) {
      expect(field).toContain(attribute);
    }
    expect(field).not.toMatch(/placeholder|autofocus|value=/);
    expect(draw()).toMatch(/<label for="code" class="marked">BLIK code<svg class="blik"/);
    expect(field).toContain('aria-describedby="hint"');
  });

  it('lets a code be typed with and without the space between its groups, and nothing else', () => {
    const pattern = new RegExp(`^(?:${/pattern="([^"]*)"/.exec(draw())?.[1]})$`);
    for (const code of ['123456', '123 456', '012345']) expect(code).toMatch(pattern);
    for (const code of ['12345', '1234567', '12 3456', '12345a', '']) expect(code).not.toMatch(pattern);
  });

  it('posts the code and the hidden token to the address it was given', () => {
    expect(draw()).toContain('<form method="post" action="/pay/1/blik">');
    expect(draw()).toContain('<input type="hidden" name="attempt" value="token-1">');
  });

  it('has a way back to the shop when there is one', () => {
    const page = draw({ returnTo: { url: 'https://shop.example/?a=1&b=2', automatic: true } });
    expect(page).toContain('<a href="https://shop.example/?a=1&amp;b=2">Back to the shop without paying</a>');
    expect(page).not.toContain('http-equiv="refresh"');
    expect(draw()).not.toContain('Back to the shop');
  });

  it('says so when nothing can pay the payment, and shows no form', () => {
    expect(draw({ methods: [] })).toContain('This payment cannot be made right now');
    expect(draw({ methods: [] })).not.toContain('<form');
  });

  it('offers the test codes in the sandbox', () => {
    expect(draw({ sandbox: true })).toContain('<th scope="row">960111</th><td>not enough money</td>');
  });

  it('tells what was wrong with the form first, in the title too, and leads to the field', () => {
    const page = draw({ problem: { form: 'BLIK', code: 'CODE_NOT_SIX_DIGITS' } });
    expect(page).toContain('<title>Error: Pay PLN 123.45 – Book shop</title>');
    expect(page.indexOf('role="alert"')).toBeLessThan(page.indexOf('<h1'));
    expect(page).toContain('<a href="#code">A BLIK code has exactly 6 digits.');
    expect(page).toContain('aria-describedby="hint wrong" aria-invalid="true"');
  });

  it.each(['TOO_MANY_ATTEMPTS', 'ATTEMPTS_STOPPED'] as const)('does not blame the field for %s', (code) => {
    const page = draw({ problem: { form: undefined, code } });
    expect(page).toContain(catalogues.en[`problem.${code}`]);
    expect(page).not.toContain('aria-invalid="true"');
    expect(page).not.toContain(catalogues.en['problem.heading.BLIK']);
  });
});

describe.each(locales)('After a refused attempt, in %s', (locale) => {
  const texts = catalogues[locale];

  it.each(reasons)('the payer reads what %s means and what to do', (reason) => {
    for (const method of ['BLIK', 'CARD'] as const) {
      const page = draw({ locale, methods: allMethods, attempt: { method, reason } });
      const ofBlik = (texts as Record<string, string>)[`reason.BLIK.${reason}`];
      expect(page).toContain(plain(method === 'BLIK' && ofBlik ? ofBlik : texts[`reason.${reason}`]));
      expect(page).toContain('role="alert"');
      expect(page).toContain(plain(texts['refused.otherMethod']));
    }
  });

  it('no two reasons are told alike', () => {
    const told = Object.entries(texts).filter(([key]) => key.startsWith('reason.'));
    expect(new Set(told.map(([, text]) => text)).size).toBe(told.length);
  });
});

describe('After a refused attempt', () => {
  it('the payer reads that no money was taken', () => {
    expect(draw({ attempt: { reason: 'LIMIT_EXCEEDED' } })).toContain('No money was taken.');
  });

  it.each(['SUPERSEDED', 'NO_ANSWER', 'AMOUNT_MISMATCH'] as const)(
    'nothing is promised about %s, for money may still come or has come already',
    (reason) => {
      expect(draw({ attempt: { status: 'ERROR', reason } })).not.toContain('No money was taken.');
    },
  );

  it('the field is marked only if the code is to blame', () => {
    expect(draw({ attempt: { reason: 'CODE_EXPIRED' } })).toContain('aria-invalid="true"');
    expect(draw({ attempt: { reason: 'INSUFFICIENT_FUNDS' } })).not.toContain('aria-invalid="true"');
  });
});

describe('statusMark', () => {
  it('changes with the payment and with its attempt', () => {
    const marks = [viewOf(), viewOf({ attempt: {} }), viewOf(waiting), viewOf(settled)].map(statusMark);
    expect(marks).toEqual(['NEW.NONE', 'NEW.REJECTED.1', 'PENDING.PENDING.1.CONFIRM', 'SETTLED.SETTLED.1']);
  });
});
