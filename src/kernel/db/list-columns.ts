/**
 * The columns of a table as a select list that gives them under the names of the row type.
 * @param columns the column for each name, with its cast where `pg` needs one.
 */
export function listColumns(table: string, columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, column]) => `${table}.${column} as "${name}"`)
    .join(', ');
}
