import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { prismaFiles } from './migrations-folder.ts';
import { withSchemaEngine } from './schema-engine.ts';

/**
 * Compares a live database with schema.prisma.
 * @returns the SQL that would bring the database to the schema; empty when nothing is to do. What the schema language
 *   cannot say (checks, triggers, partitions) is not seen.
 */
export async function driftFrom(url: string, files = prismaFiles): Promise<string> {
  const schema = { path: files.schema, content: await readFile(files.schema, 'utf8') };
  const { stdout } = await withSchemaEngine(
    { url },
    (engine) =>
      engine.diff({
        from: { tag: 'schemaDatasource', files: [schema], configDir: dirname(files.schema) },
        to: { tag: 'schemaDatamodel', files: [schema] },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      }),
    schema,
  );
  const sql = (stdout ?? '').trim();
  return sql === '-- This is an empty migration.' ? '' : sql;
}
