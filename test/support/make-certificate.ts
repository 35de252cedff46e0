import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Writes a key and a certificate, signed by itself, that is good for what is given, as `DNS:localhost` or `IP:127.0.0.1`. */
export async function makeCertificate(key: string, certificate: string, goodFor: string): Promise<void> {
  const files = ['-keyout', key, '-out', certificate, '-nodes', '-days', '2'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const owner = ['-subj', '/CN=test', '-addext', `subjectAltName=${goodFor}`];
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...files, ...owner]);
}
