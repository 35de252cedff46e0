import { blikProfilesEndpoint, chargeBlikProfileEndpoint, deactivateBlikProfileEndpoint } from './blik-profiles.ts';
import { createTransactionEndpoint } from './create-transaction.ts';
import { paymentMethodsEndpoint, serviceEndpoint, servicesEndpoint } from './discover-shops.ts';
import type { Endpoint } from './endpoint.ts';
import { captureEndpoint, voidEndpoint } from './move-transaction.ts';
import { cancelPaymentEndpoint, createPaymentEndpoint, readPaymentEndpoint } from './payment-links.ts';
import {
  chargeProfileEndpoint,
  customerProfilesEndpoint,
  deactivateProfileEndpoint,
  deleteProfileEndpoint,
  readProfileEndpoint,
} from './profiles.ts';
import { readTransactionEndpoint } from './read-transaction.ts';
import { canRefundEndpoint, refundEndpoint } from './refund-transaction.ts';
import { readIpsEndpoint, trustIpsEndpoint } from './trusted-ips.ts';

/** Every endpoint of the REST door, in the order of the protocol's sections 5 to 10. */
export const endpoints: readonly Endpoint[] = [
  createTransactionEndpoint,
  readTransactionEndpoint,
  captureEndpoint,
  voidEndpoint,
  refundEndpoint,
  canRefundEndpoint,
  chargeProfileEndpoint,
  readProfileEndpoint,
  customerProfilesEndpoint,
  deleteProfileEndpoint,
  deactivateProfileEndpoint,
  blikProfilesEndpoint,
  chargeBlikProfileEndpoint,
  deactivateBlikProfileEndpoint,
  createPaymentEndpoint,
  cancelPaymentEndpoint,
  readPaymentEndpoint,
  serviceEndpoint,
  servicesEndpoint,
  paymentMethodsEndpoint,
  readIpsEndpoint,
  trustIpsEndpoint,
];
