import { InvalidInput, type Refusal } from './errors.ts';

/** Values that are good for fields which may not be left out, by their paths, in which `*` is any place in a list. */
export type StandIns = Readonly<Record<string, unknown>>;

/** Of more faults than these nobody reads. */
const faultsMax = 10;

/** How many characters are read again in all: an input may be large, and to look for card numbers in it takes its time. */
const readAgainMax = 65_536;

type Reader<Input, Read> = {
  readonly read: (input: Input) => Read;
  readonly recheck: (input: Input, read: Read) => void;
  readonly standIns: StandIns;
};

/**
 * Reads an input. Where that refuses a field, the refusal names all that are wrong: the input is read again with something
 * good in the place of what is known to be wrong. A good input is read once and costs nothing more; of a large one with faults
 * perhaps not all of them are named.
 * @param reader.read reads it all; the refusals it throws name fields by their paths in the input.
 * @param reader.recheck what is wrong with an input beside that, such as an expiry that is over at this moment: thrown only when
 * something is wrong anyway.
 * @throws InvalidInput: of one fault as it was thrown, of several a sentence for each, with the field of the first.
 */
export function nameFaults<Input extends object, Read>(input: Input, reader: Reader<Input, Read>): Read {
  try {
    return reader.read(input);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw together(findFaults(input, error, reader));
  }
}

/** Names beside a fault that was found elsewhere, such as one of this moment, all others. What is no fault of an input stays as it is. */
export function withOtherFaults<Input extends object, Read>(
  input: Input,
  refusal: Refusal,
  reader: Reader<Input, Read>,
): Refusal {
  return refusal instanceof InvalidInput ? together(findFaults(input, refusal, reader)) : refusal;
}

/** Faults in the order in which they were found, and whether the search was broken off, so that there may be more. */
type Found = { readonly faults: readonly InvalidInput[]; readonly more: boolean };

function findFaults<Input extends object, Read>(
  input: Input,
  first: InvalidInput,
  { read, recheck, standIns }: Reader<Input, Read>,
): Found {
  const faults: InvalidInput[] = [];
  const known = new Set<string>();
  const readings = Math.min(faultsMax, Math.floor(readAgainMax / (charactersIn(input) + 1)));
  let given = input;
  let fault: InvalidInput | undefined = first;
  while (fault) {
    const path = fault.field ?? [];
    const place = path.join('.');
    // What is not cured by a good value is no fault of that field alone.
    if (known.has(place)) break;
    known.add(place);
    faults.push(fault);
    if (faults.length > readings) return { faults, more: faults.length > 1 };
    if (path.length === 0) break;
    const standIn = standIns[path.map((step) => (/^[0-9]+$/.test(step) ? '*' : step)).join('.')];
    given = withValue(given, path, standIn) as Input;
    fault = faultOf(() => recheck(given, read(given)));
  }
  return { faults, more: false };
}

function faultOf(check: () => void): InvalidInput | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    // Anything else is for a call whose input is good.
    return error instanceof InvalidInput ? error : undefined;
  }
}

function together({ faults, more }: Found): InvalidInput {
  const [first] = faults;
  if (first && faults.length === 1) return first;
  const sentences = faults.slice(0, faultsMax).map(sentenceOf);
  return new InvalidInput(
    ['Several fields are wrong.', ...sentences, ...(more ? ['There may be more.'] : [])].join(' '),
    first?.field,
  );
}

/** Of one fault among several its whole path is said: `email` alone could be anybody's. */
function sentenceOf({ field = [], message }: InvalidInput): string {
  const name = field.at(-1) ?? '';
  return name !== '' && message.startsWith(`${name} `) ? field.join('.') + message.slice(name.length) : message;
}

/** A copy of an input with another value in one place; undefined leaves it out. */
function withValue(input: unknown, [step, ...inner]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(input)) {
    return input.map((item, place) => (String(place) === step ? withValue(item, inner, value) : item));
  }
  if (typeof input !== 'object' || input === null) return input;
  return { ...input, [step]: withValue((input as Record<string, unknown>)[step], inner, value) };
}

function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + charactersIn(inner), 0);
}
