import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived: whom the envelope named, and the whole text. */
export type ArrivedMail = { readonly to: readonly string[]; readonly text: string };

/** A refusal: of the mail or, with words of the server for it, of its recipient. */
export type MailRefusal = { readonly code: number; readonly ofRecipient?: string };

/** A mail server on a port of its own, which refuses mails while it is told to. */
export type MailServer = {
  readonly port: number;
  readonly mails: readonly ArrivedMail[];
  refuse(refusal: MailRefusal | undefined): void;
  close(): Promise<void>;
};

/** Starts a mail server that wants the user `bramka` with the password `a secret`. */
export async function startMailServer(): Promise<MailServer> {
  const mails: ArrivedMail[] = [];
  let refusal: MailRefusal | undefined;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'bramka' && password === 'a secret' ? done(null, { user: username }) : done(new Error('wrong')),
    onRcptTo: (_address, _session, done) => {
      const words = refusal?.ofRecipient;
      done(words === undefined ? null : Object.assign(new Error(words), { responseCode: refusal?.code }));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        if (refusal !== undefined) return done(Object.assign(new Error('not now'), { responseCode: refusal.code }));
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refuse: (given) => {
      refusal = given;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
