import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalForm,
  type FormFields,
  notificationSignatureHeader,
  type SignatureAlgorithm,
  signatureAlgorithms,
  signForm,
  signNotification,
  verifyForm,
} from '../../src/kernel/signature.ts';

const key = 'K3y-for-Example_0123456789abcdefXYZ0';
const flat = {
  serviceId: '11111111-2222-4333-8444-555555555555',
  merchantId: 'merch000000000000001',
  amount: '1234',
  currency: 'PLN',
  orderId: 'ORD/2026-0001',
  orderDescription: 'Zamówienie #1',
  customerFirstName: 'Łucja',
  customerLastName: 'Nowak-Żak',
  customerEmail: 'lucja@example.com',
  customerPhone: '+48 501 501 501',
  urlSuccess: 'https://shop.example/ok?a=1&b=2',
  urlFailure: 'https://shop.example/no',
  urlReturn: 'https://shop.example/ret',
  urlNotification: 'https://shop.example/n',
};
const nested: FormFields = {
  ...flat,
  billing: { firstName: 'Łucja', lastName: 'Nowak-Żak', countryCodeAlpha2: 'PL' },
  multipayout: {
    0: { ban: '72105000028166973380325415', amount: '1000', label: 'Firma A' },
    1: { ban: '58105000025503268251444948', amount: '234', label: 'Firma B' },
  },
};

describe('the published and the worked vectors', () => {
  test("the vendor's published form has the published signature", () => {
    const vendor = {
      merchantId: '6yt3gjtm9p1odfgx8491',
      serviceId: '63f574ed-d90d-4abe-9cs1-39117584a7b',
      amount: '300',
      currency: 'PLN',
      orderId: '123',
      orderDescription: 'Example transaction',
      customerFirstName: 'John',
      customerLastName: 'Doe',
      customerEmail: 'johndoe@domain.com',
      customerPhone: '501501501',
      urlSuccess: 'https://your-shop.com/success',
      urlFailure: 'https://your-shop.com/failure',
      urlReturn: 'https://your-shop.com/return',
    };
    expect(signForm(vendor, 'eAyhFLuHgwl5hu-32GM8QVlCVMWRU0dGjH1c', 'sha256')).toBe(
      '0dd0c7b26d2bb0ea0b87c1cb10d83ab54a2ce18f72c7be8ef1b4bb31ad7515c2;sha256',
    );
  });

  test('the canonical form is the worked text, values unescaped', () => {
    expect(canonicalForm(flat)).toBe(
      'amount=1234&currency=PLN&customerEmail=lucja@example.com&customerFirstName=Łucja&customerLastName=Nowak-Żak&customerPhone=+48 501 501 501&merchantId=merch000000000000001&orderDescription=Zamówienie #1&orderId=ORD/2026-0001&serviceId=11111111-2222-4333-8444-555555555555&urlFailure=https://shop.example/no&urlNotification=https://shop.example/n&urlReturn=https://shop.example/ret&urlSuccess=https://shop.example/ok?a=1&b=2',
    );
  });

  test.each<[SignatureAlgorithm, string]>([
    ['sha224', '2df3b9fe90e63b50df4bc50d52a4db4044b02a4f863ee32f53e55d11'],
    ['sha256', 'e2d4f85e5098b143af7d8bda93cb14f23545b275555b79710e5987f6794b715c'],
    ['sha384', 'a6ad0dcd8c40d5f778470adf8ced315c875594ede88026f21b36e6b56a46617735c41b34935feada813bc57c6214046e'],
    [
      'sha512',
      'ae7db8bb5d90554356d12e4516c1e3bb7390a498fa4a7fa52d0afed00c9b697f9923ac890f5524e938b016922db471e0b475d7ca1edd52c915df98d4204a9eea',
    ],
  ])('the worked form has the worked %s signature', (algorithm, hex) => {
    expect(signForm(flat, key, algorithm)).toBe(`${hex};${algorithm}`);
    expect(verifyForm({ ...flat, signature: `${hex};${algorithm}` }, [key])).toBe(true);
  });

  test('the nested worked form has the worked signature', () => {
    expect(signForm(nested, key, 'sha256')).toBe(
      '1e3fc9632419c39a311727f74a9006589c798f1213bd89179a26ee379da35a3e;sha256',
    );
  });

  test('the worked notification of 680 bytes has the worked signatures', () => {
    const body =
      '{"transaction":{"id":"0a1b2c3d-0000-4000-8000-000000000001","type":"sale","status":"settled","source":"web","created":1767225600,"modified":1767225660,"notificationUrl":"https://shop.example/n","serviceId":"11111111-2222-4333-8444-555555555555","amount":1234,"currency":"PLN","title":"Zamówienie 1/2026","orderId":"ORD/2026-0001","paymentMethod":"blik","paymentMethodCode":"blik"},"payment":{"id":"0a1b2c3d-0000-4000-8000-0000000000aa","title":"Zamówienie 1/2026","amount":1234,"status":"settled","created":1767225590,"orderId":"ORD/2026-0001","currency":"PLN","modified":1767225660,"serviceId":"11111111-2222-4333-8444-555555555555","notificationUrl":"https://shop.example/n"}}';
    expect(Buffer.byteLength(body)).toBe(680);
    expect(signNotification(body, key)).toBe('23409ec27540072bad8ce59a2e6acd283a6740b2947f4ffb227b70bbbb6eef21');
    expect(signNotification(Buffer.from(body), key, 'sha512')).toBe(
      '1a4b876785455e53aa50577c8e3be5e4842e6a96140fd82e6fd2c9a2371d14800d69ce69f8d4b9fe5e5cb9216c9fd8e434a6d35bd397b656e04d10ec89befd59',
    );
  });
});

describe('the canonical form', () => {
  test('leaves out the outermost signature only', () => {
    expect(canonicalForm({ b: '2', signature: 'x', a: { signature: 'y' } })).toBe('a[signature]=y&b=2');
  });

  test('keeps a field sent empty', () => {
    expect(canonicalForm({ b: '', a: '1' })).toBe('a=1&b=');
  });

  test('sorts capitals before small letters', () => {
    expect(canonicalForm({ a: '1', B: '2', _: '3', b: '4' })).toBe('B=2&_=3&a=1&b=4');
  });

  test('sorts names by their UTF-8 bytes, not by UTF-16 units', () => {
    expect(canonicalForm({ '\u{1f600}': '2', '\uffee': '1' })).toBe('\uffee=1&\u{1f600}=2');
  });

  test('sorts numbers by value and before words', () => {
    expect(canonicalForm({ a: { x: 'x', 10: 'ten', '-1': 'minus', 9: 'nine', 0: 'zero', '01': 'text' } })).toBe(
      'a[-1]=minus&a[0]=zero&a[9]=nine&a[10]=ten&a[01]=text&a[x]=x',
    );
  });
});

describe('verifying', () => {
  const signed = (algorithm: SignatureAlgorithm = 'sha256') => ({ ...flat, signature: signForm(flat, key, algorithm) });

  test('accepts any of the keys that are valid now', () => {
    expect(verifyForm(signed(), ['the-next-key', key])).toBe(true);
    expect(verifyForm(signed(), [key, 'the-former-key'])).toBe(true);
  });

  test('refuses another key, no key and an empty key', () => {
    expect(verifyForm(signed(), ['another-key'])).toBe(false);
    expect(verifyForm(signed(), [])).toBe(false);
    expect(verifyForm({ ...flat, signature: signForm(flat, '', 'sha256') }, [''])).toBe(false);
  });

  const hex = signForm(flat, key, 'sha256').slice(0, 64);
  test.each([
    ['nothing', ''],
    ['no algorithm', hex],
    ['an empty algorithm', `${hex};`],
    ['an unknown algorithm', `${hex};md5`],
    ['another algorithm', `${hex};sha512`],
    ['the algorithm in capitals', `${hex};SHA256`],
    ['capital digits', `${hex.toUpperCase()};sha256`],
    ['a part of the hash', `${hex.slice(0, 63)};sha256`],
    ['a longer hash', `${hex}0;sha256`],
    ['a line end after it', `${hex};sha256\n`],
    ['a name of every object', `${hex};constructor`],
  ])('refuses a signature that is %s', (_, signature) => {
    expect(verifyForm({ ...flat, signature: `${hex};sha256` }, [key])).toBe(true);
    expect(verifyForm({ ...flat, signature }, [key])).toBe(false);
  });

  test('refuses a missing or nested signature, and forms nested without end, without throwing', () => {
    const signature = `${hex};sha256`;
    let deep: FormFields = { a: '1' };
    for (let level = 0; level < 100_000; level += 1) deep = { a: deep };
    const endless: Record<string, FormFields | string> = { signature };
    endless.a = endless;
    expect(verifyForm(flat, [key])).toBe(false);
    expect(verifyForm({ ...flat, signature: { 0: signature } }, [key])).toBe(false);
    expect(verifyForm({ signature, deep }, [key])).toBe(false);
    expect(verifyForm(endless, [key])).toBe(false);
    expect(verifyForm(Object.create({ signature }) as FormFields, [key])).toBe(false);
  });

  test('the header of a notification has its four parts in the order shops read them in', () => {
    const notification = { merchantId: 'm1', serviceId: 's1', serviceKey: key, body: '{}' };
    expect(notificationSignatureHeader(notification)).toBe(
      `merchantid=m1;serviceid=s1;signature=${signNotification('{}', key)};alg=sha256`,
    );
    expect(notificationSignatureHeader({ ...notification, alg: 'sha384' })).toBe(
      `merchantid=m1;serviceid=s1;signature=${signNotification('{}', key, 'sha384')};alg=sha384`,
    );
  });
});

describe('for any form', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_]{1,6}$/).filter((text) => text !== 'signature');
  const value = fc.string({ unit: 'grapheme', maxLength: 12 });
  const { form } = fc.letrec<{ form: Record<string, string | FormFields> }>((tie) => ({
    form: fc.dictionary(name, fc.oneof({ maxDepth: 2, withCrossShrink: true }, value, tie('form')), {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    }),
  }));
  const algorithm = fc.constantFrom(...signatureAlgorithms);
  type Leaf = { readonly path: readonly string[]; readonly value: string };

  function leaves(fields: FormFields, path: readonly string[] = []): Leaf[] {
    return Object.entries(fields).flatMap(([step, inner]) =>
      typeof inner === 'string' ? [{ path: [...path, step], value: inner }] : leaves(inner, [...path, step]),
    );
  }

  function build(all: readonly Leaf[]): FormFields {
    const root: Record<string, FormFields | string> = Object.create(null);
    for (const leaf of all) {
      let at = root;
      for (const step of leaf.path.slice(0, -1)) {
        at[step] ??= Object.create(null) as FormFields;
        at = at[step] as Record<string, FormFields | string>;
      }
      at[leaf.path.at(-1) as string] = leaf.value;
    }
    return root;
  }

  test('the signature holds, whatever the order of arrival', () => {
    fc.assert(
      fc.property(form, algorithm, fc.infiniteStream(fc.nat()), (fields, alg, randoms) => {
        const signature = signForm(fields, key, alg);
        const shuffled = leaves(fields)
          .map((leaf) => ({ leaf, rank: randoms.next().value }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ leaf }) => leaf);
        expect(verifyForm({ signature, ...build(shuffled) }, [key])).toBe(true);
      }),
    );
  });

  test('a changed value, a renamed, dropped or added field each break the signature', () => {
    fc.assert(
      fc.property(form, algorithm, fc.nat(), value, name, (fields, alg, pick, otherValue, otherName) => {
        const all = leaves(fields);
        fc.pre(all.length > 0);
        const chosen = all[pick % all.length] as Leaf;
        const others = all.filter((leaf) => leaf !== chosen);
        const parent = chosen.path.slice(0, -1);
        const siblings = parent.reduce<FormFields>((at, step) => at[step] as FormFields, fields);
        const signature = signForm(fields, key, alg);
        const holds = (changed: readonly Leaf[]) => verifyForm({ ...build(changed), signature }, [key]);
        fc.pre(otherValue !== chosen.value && !Object.hasOwn(siblings, otherName));
        const renamed = { path: [...parent, otherName], value: chosen.value };
        expect(holds(all)).toBe(true);
        expect(holds([...others, { ...chosen, value: otherValue }])).toBe(false);
        expect(holds([...others, renamed])).toBe(false);
        expect(holds([...all, renamed])).toBe(false);
        expect(holds(others)).toBe(false);
      }),
    );
  });
});
