/**
 * Gives the address of a database with `sslmode=verify-full` in the place of the modes that `pg` 8 takes for the same, but warns
 * of in lines of its own (pg-connection-string 2). Who asks for the modes of libpq keeps them.
 */
export function withClearMode(url: string): string {
  if (/[?&]uselibpqcompat=true(?:[&#]|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=[&#]|$)/g, '$1verify-full');
}
