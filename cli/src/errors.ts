/** The command was used wrongly, or lacks a setting: said in one sentence, with exit code 2. */
export class WrongUse extends Error {}

/** It could not be done: said in one sentence, with exit code 1. */
export class NotDone extends Error {}
