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
