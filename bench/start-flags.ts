import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const text = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
const { scripts } = JSON.parse(text) as { readonly scripts: Readonly<Record<'start', string>> };

/** The flags with which `npm start` runs Node. */
export const startFlags = scripts.start.split(' ').filter((word) => word.startsWith('--'));
