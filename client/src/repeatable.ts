/** Texts and comments, which may have anything in them (GraphQL, sections 2.1.4 and 2.9.4). */
const unread = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*/g;

/** The only root field of a mutation, with one variable for its input, up to its own fields. */
const oneField = /^(?:\w+ : )?\w+ \( input : \$ (\w+) \) \{$/;

/**
 * Whether doing an operation twice is the same as doing it once: that of a query, and of a mutation with a single root field
 * whose `input` is a variable with an `idempotencyKey`. Nothing less counts: with a second field, one key says nothing of
 * the other.
 */
export function isRepeatable(text: string, variables: object): boolean {
  // A mutation may stand behind fragments and comments. Whatever has the word elsewhere is at worst not repeated.
  if (!/\bmutation\b/.test(text)) return true;
  const [operation, ...others] = definitionsOf(text).filter(({ kind }) => kind !== 'fragment');
  if (operation?.kind !== 'mutation' || others.length > 0) return false;
  const name = oneField.exec(operation.fields)?.[1];
  if (name === undefined) return false;
  const { [name]: input } = variables as { readonly [name: string]: { readonly idempotencyKey?: unknown } | null };
  return typeof input?.idempotencyKey === 'string';
}

/** What a document defines: the first word of each part, and its root fields with their arguments, without what is inside of their own braces. */
function definitionsOf(text: string): readonly { readonly kind: string; readonly fields: string }[] {
  const definitions: { kind: string; fields: string }[] = [];
  let kind = '';
  let fields: string[] = [];
  let braces = 0;
  let parentheses = 0;
  for (const word of text.replace(unread, ' ').match(/\.\.\.|\w+|[^\s,\w]/g) ?? []) {
    kind ||= word;
    if (word === '(') parentheses += 1;
    if (word === ')') parentheses -= 1;
    // Braces between parentheses are those of an input.
    const [opens, closes] = ['{', '}'].map((brace) => parentheses === 0 && word === brace);
    if (closes) braces -= 1;
    else if (braces === 1) fields.push(word);
    if (opens) braces += 1;
    if (!closes || braces > 0) continue;
    definitions.push({ kind, fields: fields.join(' ') });
    kind = '';
    fields = [];
  }
  return definitions;
}
