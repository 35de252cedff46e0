#!/usr/bin/env node
import { main } from './dist/main.js';

// All has been printed by now; what is still open, such as the goodbye of a socket, is not waited for.
process.exit(await main(process.argv, process.env));
