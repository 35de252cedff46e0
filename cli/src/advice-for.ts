import type { BramkaError } from '@bramka/client';

/** The code of TLS for a certificate that is not to be trusted, in a sentence of the client. */
const saysCertificate = /\((?:\w*CERT\w*|UNABLE_TO_\w+|INVALID_\w+|HOSTNAME_\w+|PATH_LENGTH_\w+)\)/;

/** What to do where a sentence of the client, which knows no command line, does not say it; begins with a blank, or is empty. */
export function adviceFor({ code, message }: Pick<BramkaError, 'code' | 'message'>): string {
  if (code !== 'CONNECTION_FAILED' || !message.includes(' cannot be reached')) return '';
  return saysCertificate.test(message)
    ? ' Its certificate is not trusted; name the authority that signed it in NODE_EXTRA_CA_CERTS, or by --url the host that it is for.'
    : ' Start it, or say where it is by --url or BRAMKA_URL.';
}
