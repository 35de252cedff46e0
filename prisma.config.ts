import { defineConfig } from 'prisma/config';

// `prisma generate` looks for a schema-engine binary even though generating needs none, and would try to
// download it. Naming any existing file stops that; migrations run on the WebAssembly engine (src/kernel/db/migrate.ts).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
