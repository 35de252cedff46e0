import { type Message, MessageType, parseMessage } from 'graphql-ws';

/** What a client may send; all else is for servers to send. */
const clientTypes = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);

/** How long the id of an operation may be, in characters; it is kept with the operation, and said in each of its messages. */
export const idLengthMax = 255;

/** How long a ping or pong may be, in characters, with all that it carries: it is looked through, and said back. */
export const pingLengthMax = 1_024;

/** The words of graphql-ws on a message whose type it knows; behind them it says back what was sent. */
const wrongPart = /^"\w+" message (?:payload )?(?:expects|requires) (?:(?!, but got).)+/;

/** Reads what a client of graphql-transport-ws sent: gives the message, or what is wrong with it, in words that a close can carry. */
export function readMessage(text: string): Message | string {
  try {
    const message = parseMessage(text);
    if ('id' in message && message.id.length > idLengthMax) return `An id may have at most ${idLengthMax} characters`;
    if (isPing(message) && text.length > pingLengthMax)
      return `A ping or pong may have at most ${pingLengthMax} characters`;
    if (clientTypes.has(message.type)) return message;
  } catch (error) {
    const [words] = wrongPart.exec(error instanceof Error ? error.message : '') ?? [];
    if (words !== undefined) return words;
  }
  return 'A message is a JSON object whose type is connection_init, subscribe, complete, ping or pong';
}

function isPing({ type }: Message): boolean {
  return type === MessageType.Ping || type === MessageType.Pong;
}
