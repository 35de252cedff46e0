import { readFileSync, writeFileSync } from 'node:fs';
import { printOperations } from './print-operations.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

// The second half of `npm run schema`: writes the types and texts of the client's operations; a test compares the two.
const text = printOperations(read('../../schema.graphql'), read('../operations.graphql'));
writeFileSync(new URL('../src/generated/operations.ts', import.meta.url), text);
