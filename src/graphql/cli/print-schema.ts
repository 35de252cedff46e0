import { writeFileSync } from 'node:fs';
import { printedSchema } from '../schema.ts';

// `npm run schema`: writes schema.graphql from the code; a test compares the two.
writeFileSync(new URL('../../../schema.graphql', import.meta.url), printedSchema());
