import type { Client } from '@bramka/client';
import type { Settings } from './read-settings.ts';

/** What a command is given: whom to ask, and where its words go. */
export type Terminal = {
  readonly client: Client;
  readonly settings: Settings;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Whether results are JSON for programs, one object on each line. */
  readonly json: boolean;
  /** A result, for people or as JSON. Resolves when it is out of our hands. */
  print(forPeople: string, forPrograms: object): Promise<void>;
  /** What happens beside the results, on stderr. */
  say(sentence: string): void;
};

/** Makes the words of a command. */
export function createTerminal(given: Pick<Terminal, 'client' | 'settings' | 'signal' | 'json'>): Terminal {
  return {
    ...given,
    print: (forPeople, forPrograms) =>
      new Promise((done, fail) => {
        const line = `${given.json ? JSON.stringify(forPrograms) : forPeople}\n`;
        process.stdout.write(line, (error) => (error ? fail(error) : done()));
      }),
    say: (sentence) => {
      process.stderr.write(`${sentence}\n`);
    },
  };
}
