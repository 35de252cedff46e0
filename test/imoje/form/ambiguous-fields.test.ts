import { describe, expect, test } from 'vitest';
import { canonicalForm, type FormFields, signForm, verifyForm } from '../../../src/kernel/signature.ts';
import { goodForm, problemsWith } from './good-form.ts';

const key = 'K3y-for-Example_0123456789abcdefXYZ0';
const ambiguous = (changes: FormFields) => problemsWith(changes).map((problem) => problem.field);

describe('a form whose signature fits a second form', () => {
  test('is refused when the payer cut the amount out of an order note', () => {
    const shop = { ...goodForm, amount: '100000', additionalDescription: 'note&amount=1&amountz=' };
    const signature = signForm(shop, key, 'sha256');
    const payer = { ...goodForm, amount: '1', additionalDescription: 'note', amountz: '&amount=100000', signature };
    expect(verifyForm(payer, [key])).toBe(true);
    expect(ambiguous(payer)).toEqual(['amount']);
    expect(ambiguous(shop)).toEqual(['amount']);
  });

  test('is refused when all required fields stand twice', () => {
    const { signature: _, ...fields } = goodForm;
    expect(ambiguous({ zz: `&${canonicalForm(fields)}` })).toEqual([
      'amount',
      'currency',
      'customerFirstName',
      'customerLastName',
      'merchantId',
      'orderId',
      'serviceId',
    ]);
  });

  test.each<[string, FormFields]>([
    [
      'urlNotification',
      { shipping: { firstName: 'A', lastName: 'B', city: 'x&urlNotification=https://evil.example' } },
    ],
    [
      'urlNotification',
      {
        urlFailure: 'https://shop.example/?a&urlNotification=https://evil.example',
        urlNotification: 'https://shop.example/n',
      },
    ],
    ['urlNotification', { urlNotification: 'https://evil.example/?a&urlNotification=https://shop.example/n' }],
    ['validTo', { urlSuccess: 'https://shop.example/?a=b&validTo=NULL' }],
    ['visibleMethod', { urlSuccess: 'https://shop.example/?a=b&visibleMethod=wt' }],
    ['multipayout', { note: '1', merchantIdz: 'x&multipayout[0][ban]=1' }],
    ['cart', { additionalDescription: 'x', billing: { firstName: 'A', lastName: 'B', city: 'x&cart=y' } }],
    ['invoice', { customerPhonez: 'x&invoice=y', customerZ: 'x&invoice=y' }],
  ])('is refused when %s can be cut out of %j', (field, changes) => {
    expect(ambiguous(changes)).toEqual([field]);
  });

  const split = (ban: string, changes: FormFields = {}) => ({ amount: '1', ban, label: 'A', title: 'x', ...changes });
  const [ours, his] = ['61109010140000071219812874', '27114020040000300201355387'];
  test.each<[string, FormFields, FormFields]>([
    [
      'validTo',
      { urlSuccess: 'https://shop.example/?a=b&validTo=NULL&validToz=', validTo: '2000000000' },
      { urlSuccess: 'https://shop.example/?a=b', validTo: 'NULL', validToz: '&validTo=2000000000' },
    ],
    [
      'multipayout',
      {
        multipayout: {
          0: split(ours, {
            title: `x&multipayout[1][amount]=1&multipayout[1][ban]=${his}&multipayout[1][label]=A&multipayout[1][title]=x&multipayout[1][z]=`,
          }),
          1: split(ours),
        },
      },
      {
        multipayout: {
          0: split(ours),
          1: split(his, {
            z: `&multipayout[1][amount]=1&multipayout[1][ban]=${ours}&multipayout[1][label]=A&multipayout[1][title]=x`,
          }),
        },
      },
    ],
  ])('is refused when the payer put another %s in the place of the one that the shop signed', (field, shop, cut) => {
    const signature = signForm({ ...goodForm, ...shop }, key, 'sha256');
    expect(verifyForm({ ...goodForm, ...cut, signature }, [key])).toBe(true);
    expect(ambiguous(cut)).toEqual([field]);
  });

  test('cannot be told from an honest one when the payer added an optional field', () => {
    const shop = { ...goodForm, urlSuccess: 'https://shop.example/?a=b&validTo=NULL' };
    const signature = signForm(shop, key, 'sha256');
    const cut = { ...goodForm, urlSuccess: 'https://shop.example/?a=b', validTo: 'NULL', signature };
    expect(verifyForm(cut, [key])).toBe(true);
    expect(ambiguous(cut)).toEqual([]);
  });

  test.each<[string, FormFields]>([
    [
      'the order in the return addresses',
      { urlSuccess: 'https://shop.example/?a=1&orderId=5&amount=7&currency=PLN&cart=1&invoice=2' },
    ],
    ['other words after an ampersand', { additionalDescription: 'salt&pepper=1', orderDescription: 'A&B' }],
    [
      'every steering field once',
      { urlNotification: 'https://shop.example/n', validTo: 'NULL', visibleMethod: 'blik' },
    ],
    ['a return address in another', { urlFailure: 'https://core.example/?x=1&urlReturn=https://shop.example/' }],
  ])('is not seen in %s', (_, changes) => {
    expect(ambiguous(changes)).toEqual([]);
  });
});
