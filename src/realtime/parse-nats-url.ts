/** Where NATS is, and who we are there; kept apart, so that no message about the servers can hold a password. */
export type NatsServers = {
  /** `host:port` of each server of the cluster; any of them will do. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly credentials: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
};

const usualPort = '4222';

/**
 * Reads addresses of the servers of one NATS, with commas between them: `nats://host:4222`, or `tls://` where the server
 * must speak TLS, with `user:password@` or `token@` before the first host, percent-encoded.
 * @returns undefined when one of them is no such address, or they differ in more than their hosts.
 */
export function parseNatsUrl(text: string): NatsServers | undefined {
  const urls = text.split(',').map((part) => part.trim());
  const parsed = urls.map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  const [first, ...rest] = parsed;
  if (!first || !isServer(first)) return undefined;
  // A password belongs to a name; a token is one without a password.
  if (first.username === '' && first.password !== '') return undefined;
  for (const url of rest) {
    if (!url || !isServer(url) || url.protocol !== first.protocol) return undefined;
    const isSame = url.username === first.username && url.password === first.password;
    if (!isSame && `${url.username}${url.password}` !== '') return undefined;
  }
  try {
    return {
      servers: [first, ...rest].map((url) => `${url?.hostname}:${url?.port || usualPort}`),
      tls: first.protocol === 'tls:',
      credentials: credentialsOf(first),
    };
  } catch {
    // A stray percent sign in the password.
    return undefined;
  }
}

function isServer({ protocol, hostname, pathname, search, hash }: URL): boolean {
  if (protocol !== 'nats:' && protocol !== 'tls:') return false;
  return hostname !== '' && (pathname === '' || pathname === '/') && search === '' && hash === '';
}

function credentialsOf({ username, password }: URL): NatsServers['credentials'] {
  if (username === '') return undefined;
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
}
