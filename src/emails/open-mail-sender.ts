import type { Transporter } from 'nodemailer';

/** A mail as it is sent. */
export type OutgoingMail = {
  /** UUID; a mail that is sent twice has the same Message-ID both times. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
};

/** Hands mails to a mail server. */
export type MailSender = {
  /** @throws MailRefused when the server does not take it, or cannot be reached. */
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
};

/**
 * No mail server took a mail; the message holds codes alone, as `EENVELOPE 550 5.1.1`, and nothing that was sent or used to
 * log in.
 */
export class MailRefused extends Error {}

/** How long the server may keep us waiting at each step. */
const patienceMs = 15_000;

/**
 * Opens the way to a mail server; nothing is connected before the first mail.
 * @param settings.smtpUrl `smtp://` (with STARTTLS where the server offers it) or `smtps://`, with user and password in it.
 */
export function openMailSender(settings: {
  readonly smtpUrl: string;
  readonly from: string | undefined;
  readonly publicUrl: string;
}): MailSender {
  const { hostname } = new URL(settings.publicUrl);
  const from = settings.from ?? `no-reply@${hostname}`;
  const waits = { connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs };
  let transport: Promise<Transporter> | undefined;
  // Loaded with the first mail, since it knows all types of files there are.
  const open = async (): Promise<Transporter> =>
    (await import('nodemailer')).createTransport({ url: settings.smtpUrl, ...waits });
  return {
    send: async ({ id, recipient, subject, body }) => {
      transport ??= open();
      const sender = await transport;
      try {
        await sender.sendMail({ from, to: recipient, subject, text: body, messageId: `<${id}@${hostname}>` });
      } catch (error) {
        throw new MailRefused(codesOf(error as SmtpError) || 'UNKNOWN');
      }
    },
    close: () => void transport?.then((sender) => sender.close()),
  };
}

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly response?: string };

/**
 * What the library says, the reply code of SMTP (RFC 5321) and the enhanced status code (RFC 3463), as far as there are any. The
 * words behind them name the recipient.
 */
function codesOf({ code, responseCode, response }: SmtpError): string {
  const [, enhanced] = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S)/.exec(response ?? '') ?? [];
  return [code, responseCode, enhanced].filter((part) => part !== undefined).join(' ');
}
