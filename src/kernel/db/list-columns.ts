/**
 * The columns of a table as a select list that gives them under the names of the row type.
 * @param columns the column for each name, with its cast where `pg` needs one.
 * @param names those that are wanted; all when left out.
 */
export function listColumns<Name extends string>(
  table: string,
  columns: Readonly<Record<Name, string>>,
  names: readonly Name[] = Object.keys(columns) as Name[],
): string {
  return names.map((name) => `${table}.${columns[name]} as "${name}"`).join(', ');
}

/** What a statement reads, and the name that it has with that: a name belongs to one text. */
export type Choice = { readonly name: string; readonly selectList: string };

/** Every connection keeps a plan of each statement that it was given, so whoever asks makes no more than these. */
const choicesMax = 256;

/**
 * Makes the choice of columns for statements that read what is asked for, out of all that is `shown`. When there are as many
 * as may be, a further one reads all.
 * @returns takes the name of a statement without the choice, and the names that are wanted; undefined: all.
 */
export function chooseColumns<Name extends string>(
  table: string,
  columns: Readonly<Record<Name, string>>,
  { shown, always }: { readonly shown: readonly Name[]; readonly always: readonly Name[] },
): (statement: string, wanted: readonly Name[] | undefined) => Choice {
  const all = listColumns(table, columns, shown);
  const choices = new Map<string, Choice>();
  return (statement, wanted) => {
    const names = wanted && shown.filter((name) => always.includes(name) || wanted.includes(name));
    if (!names || names.length === shown.length) return { name: statement, selectList: all };
    const number = shown.reduce((bits, name, place) => (names.includes(name) ? bits + 2 ** place : bits), 0);
    const name = `${statement}-${number.toString(36)}`;
    const known = choices.get(name);
    if (known) return known;
    if (choices.size === choicesMax) return { name: statement, selectList: all };
    const choice = { name, selectList: listColumns(table, columns, names) };
    choices.set(name, choice);
    return choice;
  };
}
