import { setTimeout as pause } from 'node:timers/promises';
import { BramkaError, type EventsOptions, type EventType, type WebhookDelivery } from '@bramka/client';
import { describeEvent, typeOf } from './describe-event.ts';
import { NotDone, WrongUse } from './errors.ts';
import {
  type Form,
  type Forwarded,
  followMessages,
  followNotifications,
  imojeSigner,
  type Signer,
} from './forward-events.ts';
import { holdPlace } from './hold-place.ts';
import { openPlace, type Place, placeFile } from './keep-place.ts';
import { kindOfEvent } from './kind-of-event.ts';
import { postMessage } from './post-message.ts';
import { reportConnection } from './report-connection.ts';
import type { Message } from './sign-message.ts';
import type { Terminal } from './terminal.ts';
import { watchAttempts } from './watch-attempts.ts';
import { withinTime } from './within-time.ts';

/** What `bramka listen` was asked for. */
export type ListenOptions = {
  readonly forward?: string;
  readonly form?: Form;
  readonly types?: readonly string[];
  readonly after?: string;
  readonly fromStart?: boolean;
  readonly place?: string;
};

/**
 * Prints the events of a shop, or posts them to a local server, until it is told to stop. The place is kept once an event is
 * printed, or was taken by the server: what is killed in between does that one event again, and loses none.
 */
export async function listen(terminal: Terminal, options: ListenOptions): Promise<void> {
  const { shopId, dataDir } = terminal.settings;
  const types = options.types?.map(typeOf);
  const target = options.forward === undefined ? undefined : targetOf(options.forward);
  if (options.form && target === undefined) throw new WrongUse('--form says what is posted; give --forward too.');
  const purpose = { target, types, form: target === undefined ? undefined : (options.form ?? 'imoje') };
  const place = openPlace(options.place ?? placeFile(dataDir, shopId, purpose), shopId, purpose);
  // What is wrong with them is said before anybody is waited for.
  whereFrom(terminal, options, place);
  place.requireWritable();
  let leave = (): void => {};
  try {
    leave = await holdPlace(terminal, place.file);
    // Whoever was waited for has moved it.
    const following = { ...whereFrom(terminal, options, place), types };
    place.requireWritable();
    if (target === undefined) await print(terminal, following, place);
    else await forward(terminal, { ...options, forward: target }, { following, place });
  } catch (error) {
    // What cannot be kept after a post that was waited for has to be said.
    if (terminal.signal.aborted && !(error instanceof NotDone)) return;
    const refused = options.after === undefined ? placeRefused(error, place) : undefined;
    throw refused ?? unknownType(error, options.types) ?? error;
  } finally {
    leave();
  }
}

/** Of what the gateway says to a question for events, what it says again however often it is asked. */
const finalCodes = new Set<string>([
  'INVALID_INPUT',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
]);

/** So long it waits for an answer to that, in milliseconds; a gateway that is away is tried again by whoever follows. */
const answerMsMax = 1_000;

/**
 * Asks for no event of the kinds and behind the place that are to be followed, so that one that there is not is refused before
 * it is said to be listened to, if the gateway answers in time.
 */
async function requireAnswerable({ client, signal }: Terminal, { shopId, after, types }: EventsOptions): Promise<void> {
  if (after === undefined && types === undefined) return;
  const inTime = withinTime(signal, answerMsMax);
  try {
    await client.eventPage({ shopId, after, types, first: 0 }, { signal: inTime.signal });
  } catch (error) {
    if (error instanceof BramkaError && finalCodes.has(error.code)) throw error;
  } finally {
    inTime.leave();
  }
}

/** Which of the kinds that were asked for the gateway does not know, if that is why it refuses. */
function unknownType(error: unknown, types: ListenOptions['types']): WrongUse | undefined {
  if (!(error instanceof BramkaError) || error.code !== 'INVALID_INPUT' || error.field[0] !== 'types') return undefined;
  const name = types?.[Number(error.field[1])];
  return name === undefined ? undefined : new WrongUse(`There is no kind of event ${name}; docs/events.md lists them.`);
}

/** Why a kept place is refused, if it is. The gateway speaks of a cursor, which whoever listens from a place has never seen. */
function placeRefused(error: unknown, { file }: Place): BramkaError | undefined {
  if (!(error instanceof BramkaError)) return undefined;
  const why: { readonly [code: string]: string } = {
    CURSOR_EXPIRED: `Events behind the place in ${file} are no longer kept`,
    CURSOR_INVALID: `The place in ${file} is none that this gateway gave, as when the file was changed or the gateway was restored from a backup`,
  };
  const reason = why[error.code];
  const advice =
    'begin with the first that is by --from-start, or now by removing the file, and read the present state once it listens.';
  return reason === undefined ? undefined : new BramkaError(error.code, `${reason}; ${advice}`);
}

/** An address to post to, as it was given. @throws WrongUse for one that is none. */
function targetOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new WrongUse('--forward takes an address such as http://127.0.0.1:3000/hook.');
  }
  // Nothing posts there: what is sent is signed, and the address is said whenever nobody answers.
  if (url.username || url.password) throw new WrongUse('--forward takes an address without a name and a password.');
  return text;
}

function whereFrom(terminal: Terminal, options: ListenOptions, place: Place): EventsOptions {
  const { after, fromStart } = options;
  if (after !== undefined && fromStart) throw new WrongUse('Give either --after or --from-start, not both.');
  const kept = after ?? (fromStart ? undefined : place.read());
  const { shopId } = terminal.settings;
  const begins = `Listening to shop ${shopId} ${beginsAt(options, kept)}; the place is kept in ${place.file}.`;
  const report = reportConnection(terminal.say, begins);
  let given = after;
  return {
    shopId,
    after: kept,
    from: fromStart ? 'start' : 'now',
    signal: terminal.signal,
    onStart: (cursor) => place.keep(cursor),
    ...report,
    onConnect: () => {
      // The next start goes on from there, although no event may come before this one ends.
      if (given !== undefined) place.keep(given);
      given = undefined;
      report.onConnect();
    },
  };
}

function beginsAt({ after, fromStart }: ListenOptions, kept: string | undefined): string {
  if (fromStart) return 'from the start of its log';
  if (after !== undefined) return 'behind the event of --after';
  return kept === undefined ? 'from now on' : 'from where it was left';
}

async function print(terminal: Terminal, following: EventsOptions, place: Place): Promise<void> {
  await requireAnswerable(terminal, following);
  for await (const event of terminal.client.events(following)) {
    await terminal.print(describeEvent(event), event);
    place.keep(event.cursor);
  }
}

async function forward(
  terminal: Terminal,
  options: ListenOptions & { readonly forward: string },
  { following, place }: { readonly following: EventsOptions; readonly place: Place },
): Promise<void> {
  const { form = 'imoje' } = options;
  const target = { url: options.forward, form, pauseMs: 500, patienceMs: 15_000 };
  const lane = createLane();
  const post = (make: () => Message): Promise<number | null> => lane(() => postMessage(terminal, target, make));
  const sign = form === 'standard' ? undefined : await imojeSigner(terminal);
  await requireAnswerable(terminal, following);
  if (!sign) return forwardAll(terminal, followMessages(terminal, following), { post, place });
  const events = forwardAll(terminal, followNotifications(terminal, following, sign), { post, place });
  await Promise.all([events, forwardResends(terminal, { types: following.types, sign, post })]);
}

type Posting = { post(make: () => Message): Promise<number | null>; readonly place: Place };

async function forwardAll(
  terminal: Terminal,
  events: AsyncGenerator<Forwarded, void, undefined>,
  { post, place }: Posting,
): Promise<void> {
  for await (const { cursor, number, type, message } of events) {
    if (message) {
      const status = await post(message).catch((error: unknown) => stopped(terminal, error));
      if (status === undefined) return;
      await terminal.print(`${String(number).padStart(6)}  ${type.padEnd(22)}  ${answerOf(status)}`, {
        number,
        type,
        cursor,
        status,
      });
    }
    place.keep(cursor);
  }
}

type Resending = Pick<Posting, 'post'> & { readonly types: EventsOptions['types']; readonly sign: Signer };

/** A notification that was sent again by hand goes to the local server as well, beside the events, if it is of a kind that is wanted. */
async function forwardResends(terminal: Terminal, { types, sign, post }: Resending): Promise<void> {
  for await (const { delivery, attempt } of watchAttempts(terminal)) {
    if (!attempt.manual || (types && !(await isOfKinds(terminal, types, delivery)))) continue;
    const status = await post(() => sign(delivery.body)).catch((error: unknown) => stopped(terminal, error));
    if (status === undefined) return;
    const { eventNumber: number, id } = delivery;
    await terminal.print(`${String(number).padStart(6)}  sent again              ${answerOf(status)}`, {
      number,
      resent: id,
      status,
    });
  }
}

/** Whose kind nobody knows is passed over as well, which is said, since it may have been waited for. */
async function isOfKinds(terminal: Terminal, types: readonly EventType[], delivery: WebhookDelivery): Promise<boolean> {
  const type = await knownKind(terminal, delivery);
  if (type === undefined && !terminal.signal.aborted) {
    terminal.say(`The kind of event ${delivery.eventNumber}, which was sent again, cannot be read; it is passed over.`);
  }
  return type !== undefined && types.includes(type);
}

/** Undefined when the gateway does not tell it, or the command is told to stop; one that cannot be reached is asked again until it can. */
async function knownKind(terminal: Terminal, delivery: WebhookDelivery): Promise<EventType | undefined> {
  const { signal, say } = terminal;
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(2 * pauseMs, 10_000)) {
    try {
      return await kindOfEvent(terminal, delivery);
    } catch (error) {
      if (signal.aborted || !(error instanceof BramkaError) || finalCodes.has(error.code)) break;
      const waitMs = Math.max(pauseMs, 1_000 * (error.retryAfterSeconds ?? 0));
      const what = `The kind of event ${delivery.eventNumber}, which was sent again, cannot be read yet`;
      say(`${what}: ${error.message} Trying again in ${(waitMs / 1_000).toFixed(1)} s.`);
      await pause(waitMs, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

function stopped({ signal }: Terminal, error: unknown): undefined {
  if (!signal.aborted) throw error;
}

function answerOf(status: number | null): string {
  return status === null ? 'no answer' : String(status);
}

/** One thing after the other, in the order in which they came. */
function createLane(): <Value>(act: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
}
