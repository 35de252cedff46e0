import { createHash } from 'node:crypto';
import { canonicalForm, type FormFields } from '../../kernel/signature.ts';

/**
 * Names a signed form: 64 hex digits, equal for two forms exactly when their signed content, which includes the shop's
 * id, is equal. Neither the signature's key and hash function nor the order of the fields change it, so a form that a
 * browser sends again is known again.
 */
export function formFingerprint(fields: FormFields): string {
  return createHash('sha256').update(canonicalForm(fields)).digest('hex');
}
