/**
 * Why the gateway cannot start. The message is the one clear line that the operator reads: what is wrong, where, and
 * what to do. It never holds a secret. The entry prints it without a stack and exits with code 1.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
