import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** The names that only GraphQL has: those of its fields, arguments and enum values that are no English words of their own. */
function graphqlWords(): ReadonlySet<string> {
  const text = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');
  const types = Object.values(buildSchema(text).getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const names = types.flatMap((type) => {
    if (isEnumType(type)) return type.getValues().map(({ name }) => name);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => [
      field.name,
      ...('args' in field ? field.args.map((arg: { readonly name: string }) => arg.name) : []),
    ]);
  });
  return new Set(names.filter((name) => /^[a-z]+[A-Z]|^[A-Z][A-Z_]{2,}$/.test(name)));
}

const known = graphqlWords();
/** What is a name to both, or to everybody. */
const common = new Set(['BLIK', 'PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON']);

type Problem = { readonly path: string; readonly message: string };
type Refused = { readonly apiErrorResponse: { readonly message: string; readonly errors: readonly Problem[] } };

/**
 * Finds in a refusal of the REST door what no client of it can know: names of GraphQL in its sentences, and paths that lead to nothing
 * that was sent or could be.
 * @param names what the endpoint has: the fields of its body at any depth, and the parts of its path.
 */
export function strangeWords(body: unknown, names: ReadonlySet<string>): string[] {
  const { message, errors } = (body as Refused).apiErrorResponse;
  const sentences = [message, ...errors.map((problem) => problem.message)];
  const words = sentences.flatMap((sentence) => sentence.match(/[A-Za-z_]+/g) ?? []);
  const paths = errors.flatMap(({ path }) => path.split('.')).filter((name) => name !== '' && !/^\d+$/.test(name));
  return [
    ...words.filter((word) => known.has(word) && !common.has(word) && !names.has(word)),
    ...paths.filter((name) => !names.has(name)),
  ];
}
