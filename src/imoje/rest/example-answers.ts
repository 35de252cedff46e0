/** Examples of answers, as the OpenAPI document prints them; a test holds them against their schemas. */
const serviceId = '63f574ed-d90d-4abe-9cf1-39117584a7b7';
const created = 1_770_000_000;

const order = {
  ...{ notificationUrl: 'https://shop.example/notify', serviceId, amount: 1234, currency: 'PLN' },
  ...{ title: 'Zamówienie #1', orderId: 'ORD/2026-0001', paymentMethod: 'blik', paymentMethodCode: 'blik' },
};

const paymentId = '0197a000-2000-7000-8000-000000000002';

const sale = {
  ...{ id: '0197a000-1000-7000-8000-000000000001', type: 'sale', status: 'settled', source: 'api' },
  ...{ created, modified: created + 4, ...order },
  payment: { id: paymentId, status: 'settled' },
};

const refund = {
  ...{ id: '0197a000-3000-7000-8000-000000000003', type: 'refund', status: 'new', source: 'api' },
  ...{ created: created + 60, modified: created + 60, ...order, amount: 234, title: 'Zwrot' },
};

const names = {
  ...{ id: paymentId, url: `https://pay.example/pay/${paymentId}`, serviceId, orderId: order.orderId },
  ...{ title: order.title, simp: '', amount: 1234, currency: 'PLN' },
};
const addresses = {
  ...{ returnUrl: '', failureReturnUrl: 'https://shop.example/no', successReturnUrl: 'https://shop.example/ok' },
  notificationUrl: order.notificationUrl,
};
const person = { firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com' };
const customer = { ...person, phone: '', locale: 'pl' };
const times = { validTo: created + 86_400, created, modified: created + 4 };

const blikNumber = { blikTransactionId: '70312345678' };
const pendingSale = { ...sale, status: 'pending', payment: { id: paymentId, status: 'pending' } };

export const exampleSale = { transaction: { ...pendingSale, ...blikNumber } };
export const exampleMoved = {
  transaction: { ...sale, status: 'submitted_for_settlement', paymentMethod: 'card', paymentMethodCode: 'ecom3ds' },
};
export const exampleRefund = { transaction: refund };

export const exampleRead = {
  transaction: {
    ...{ ...sale, refunds: [exampleRefund], fee: { merchant: 20, surcharge: 0 }, paidAmount: 1234 },
    ...{ ...blikNumber, customer: { ...person, phone: '' } },
    billing: { ...person, street: 'Prosta 1', city: 'Warszawa', postalCode: '00-001', countryCodeAlpha2: 'PL' },
    shipping: person,
  },
};

export const exampleProfileId = '0197a000-4000-7000-8000-000000000004';

const paymentProfile = {
  ...{ id: exampleProfileId, merchantMid: '6yt3gjtm9p7b8h9xsdqz', merchantCustomerId: 'customer-17' },
  ...{ firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com', maskedNumber: '****1111' },
  ...{
    month: '12',
    year: '2029',
    organization: 'VISA',
    isActive: 1,
    profile: 'ONE_CLICK',
    firstTransactionId: sale.id,
  },
};

export const exampleCharged = {
  transaction: { ...sale, paymentMethod: 'card', paymentMethodCode: 'oneclick', paymentProfile },
};
export const exampleProfile = { paymentProfile };
export const exampleEndedProfile = { paymentProfile: { ...paymentProfile, isActive: 0 } };
export const exampleProfiles = { paymentProfiles: [paymentProfile] };

const blikProfile = {
  ...{ id: exampleProfileId, label: 'Moja aplikacja', isActive: 1 },
  aliasList: [{ key: 'app-1', label: 'Moja aplikacja' }],
};
export const exampleBlikCharged = {
  transaction: { ...pendingSale, paymentMethodCode: 'blik_oneclick' },
};
export const exampleBlikProfile = { blikProfile: { ...blikProfile, isActive: 0 } };
export const exampleBlikProfiles = { blikProfiles: [blikProfile] };

/** What all charges of something stored have in common. */
export const exampleCharge = {
  ...{ serviceId, amount: 1234, currency: 'PLN', orderId: order.orderId, title: order.title },
};

export const exampleCanRefund = {
  ...{ id: sale.id, refundable: true, balance: true, fullRefund: 1000 },
  partialRefund: { maxRefundAmount: 1000, minRefundAmount: 1 },
};

export const exampleCreatedPayment = { payment: { ...names, ...addresses, customer, isActive: true, ...times } };

export const examplePayment = {
  ...{ ...names, status: 'settled', isActive: true, ...times, isGenerated: false, isUsed: true, usedAt: created + 4 },
  ...{ isConfirmVisited: false, confirmVisitedAt: null, ...addresses, customer, transactions: [sale] },
};

const image = (file: string) => [{ png: `https://pay.example/pictures/0a1b2c3d/${file}` }];

const channel = { paymentMethod: 'blik', paymentMethodCode: 'blik' };

export const exampleService = {
  service: {
    ...{ id: serviceId, created, isActive: true },
    paymentMethods: [
      {
        ...{ ...channel, isActive: true, isOnline: true, description: 'BLIK', currency: 'PLN' },
        transactionLimits: {
          minTransaction: { type: 'number', value: 1 },
          maxTransaction: { type: 'number', value: 999_999_999 },
        },
        ...{ paymentMethodImage: image('methods/blik.png'), paymentMethodCodeImage: image('channels/blik.png') },
      },
    ],
  },
};

const shown = { label: 'BLIK', isOnline: true, priority: 1 };

export const exampleMethods = [
  {
    ...{ ...shown, image: image('methods/blik.png') },
    channels: [{ ...channel, ...shown, image: image('channels/blik.png') }],
  },
];

/** What all bodies that start a payment have in common. */
export const exampleOrder = {
  ...{ serviceId, amount: 1234, currency: 'PLN', orderId: order.orderId, title: order.title },
  customer: { firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com' },
};

export const exampleServiceId = serviceId;
export const examplePaymentId = paymentId;
