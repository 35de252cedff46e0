/**
 * Tokens that others have published with their keys, as test data: what they encrypt was written down by their makers.
 */

/** Tink and google-pay/payment-data-cryptography-dotnet (Apache License 2.0): the private key of the merchant. */
export const tinkPrivateKey =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCPSuFr4iSIaQprjjchHPyDu2NXFe0vDBoTpPkYaK9dehRANCAATnaFz/vQKuO90pxsINyVNWojabHfbx9qIJ6uD7Q7ZSxmtyo/Ez3/o2kDT8g0pIdyVIYktCsq65VoQIDWSh2Bdm';

/** The other private key of that merchant, with which these tokens do not open. */
export const tinkOtherPrivateKey =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOUIzccyJ3rTx6SVmXrWdtwUP0NU26nvc8KIYw2GmYZKhRANCAAR5AjmTNAE93hQEQE+PryLlgr6Q7FXyNXoZRk+1Fikhq61mFhQ9s14MOwGBxd5O6Jwn/sdUrWxkYk3idtNEN1Rz';

/** Of the same: a token of ECv1 for `someRecipient`, and the key that signed it. It says `plaintext`. */
export const tinkEcv1 = {
  rootKey:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPYnHwS8uegWAewQtlxizmLFynwHcxRT1PK07cDA6/C4sXrVI1SzZCUx8U8S0LjMrT6ird/VW7be3Mz6t/srtRQ==',
  recipientId: 'someRecipient',
  token: {
    protocolVersion: 'ECv1',
    signedMessage:
      '{"tag":"ZVwlJt7dU8Plk0+r8rPF8DmPTvDiOA1UAoNjDV+SqDE\\u003d","ephemeralPublicKey":"BPhVspn70Zj2Kkgu9t8+ApEuUWsI/zos5whGCQBlgOkuYagOis7qsrcbQrcprjvTZO3XOU+Qbcc28FSgsRtcgQE\\u003d","encryptedMessage":"12jUObueVTdy"}',
    signature: 'MEQCIDxBoUCoFRGReLdZ/cABlSSRIKoOEFoU3e27c14vMZtfAiBtX3pGMEpnw6mSAbnagCCgHlCk3NcFwWYEyxIE6KGZVA==',
  },
  /** What the keys of that message are. */
  encryptionKey: '59edec98018c6dd4ccaf1119ad247843',
  macKey: 'd5f72946aae92d54697a4ff305b6f9f4',
} as const;

/** Of the same: a token of ECv2 for `gateway:ariane`, made in November 2018. It says `plaintext`. */
export const tinkEcv2 = {
  rootKey:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvhuz8WZo0DhP7Lg1AQtpQpm2i7Gr6yBa+i6mVOwz3iepodYVDE9YGLzUwoL8AEsPUz/26Pg3lofL2u04/edeXg==',
  rootKeyExpiration: '2154841200000',
  recipientId: 'gateway:ariane',
  now: new Date(1542319793000),
  token: {
    protocolVersion: 'ECv2',
    signature: 'MEUCIG39tbaQPwJe28U+UMsJmxUBUWSkwlOv9Ibohacer+CoAiEA8Wuq3lLUCwLQ06D2kErxaMg3b/oLDFbd2gcFze1zDqU=',
    intermediateSigningKey: {
      signedKey:
        '{"keyExpiration":"1542394027316","keyValue":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/1+3HBVSbdv+j7NaArdgMyoSAM43yRydzqdg1TxodSzA96Dj4Mc1EiKroxxunavVIvdxGnJeFViTzFvzFRxyCw\\u003d\\u003d"}',
      signatures: ['MEYCIQDcXCoB4fYJF3EolxrE2zB+7THZCfKA7cWxSztKceXTCgIhAN/d5eBgx/1A6qKBdH0IS7/aQ7dO4MuEt26OrLCUxZnl'],
    },
    signedMessage:
      '{"tag":"TjkIKzIOvCrFvjf7/aeeL8/FZJ3tigaNnerag68hIaw\\u003d","ephemeralPublicKey":"BLJoTmxP2z7M2N6JmaN786aJcT/L/OJfuJKQdIXcceuBBZ00sf5nm2+snxAJxeJ4HYFTdNH4MOJrH58GNDJ9lJw\\u003d","encryptedMessage":"mleAf23XkKjj"}',
  },
} as const;

/** spreedly/gala (MIT License): a token that Apple made in September 2021, its certificate's key and merchant identifier. */
export const galaToken = {
  merchantIdentifier: 'merchant.test.spreedly.123merchant',
  privateKey:
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKa8HtvNFzNolfTmUJMra55FVEACK8z8KBsfI5ohypbWhRANCAATilQYcmp8kK5wbjQy90apPC9hHPY31a8K04d20C41/W8HYw9nIuypTfZndrnPVZxYro4eZ8MNKo6t9CrtReVCA',
  token: {
    version: 'EC_v1',
    data: '98K9zY2CVmVzD/9A9mq7EtYOLda1LUWn1bDZM8Cy/ABPBok2B630eG9eZJUrlMYwJeaedYTpSgS3OZWX4dSnGquZ2S5I9Me44OmiirRwU4rZ/J4NBK+zwtmxv4OonZYjTmbKACTahSG0IylGWC0ah6hOTSfOTOzn2KIHs+B5i1bVDHfoq8o41gBoxvfS26kUfFiH8HtQBbZ+2Cea8/7NxCwSpGUADEUqmEar0ZIS9ndK+XGLyICwSgP8J1wJpoOndscXHi3wkY7MgpOfrA5Z/wCR3RbSGZtD94por+bwv0N8OgcTXAnDnDVXBWuj8rSU+imWEtY0C+rl/Ro/btPbAE4WjkElxsmVEWY14cb8EQFmmdbx3kRF9emTxs6ssAEhqZrdiUTmu9nynuu0',
    // Shortened: nobody here verifies it.
    signature: 'MIAGCSqGSIb3DQEHAqCAMIACAQEx',
    header: {
      publicKeyHash: '+9VwJrqieiPF2ZRB0xHFYhgQ6RYza5hfrVLpdB1KtKI=',
      ephemeralPublicKey:
        'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHqqqjg3xlLn9YH2fEN1Gq3Z0IUJY1KZrX9/ZSzzYnFu3EDP4PGdPBpp6gzlHIb9vr9Tbz1HuMixBCfVMWhAvmw==',
      transactionId: 'f7f133694685bab2f44ae3a7b54e2c0d0d39a3bc73fa2e6b14a2baf628d6ce87',
    },
  },
  sharedSecret: 'yCUzDuNYTnUnANZEdxC7+DvPmqNslB2YWYn68SBsJHU=',
  symmetricKey: '3GTXJ4RuP/IhS23hsdOw2J2ecAZmC0RasbPIFdC3nQM=',
  /** But for the number of the device's card, which ends in 1169. */
  payload: {
    applicationExpirationDate: '240930',
    currencyCode: '840',
    transactionAmount: 100,
    deviceManufacturerIdentifier: '050110030273',
    paymentDataType: '3DSecure',
    paymentData: { onlinePaymentCryptogram: 'AMwBRjPWDnAgAA7Rls7mAoABFA==' },
  },
} as const;
