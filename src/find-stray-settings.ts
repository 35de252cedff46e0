/** A variable of the environment that is no setting, though it looks like one. Its value may be a secret, and is not told. */
export type StraySetting = {
  readonly name: string;
  /** The setting whose name differs by one letter. */
  readonly like: string | undefined;
};

/** What others read who may run in the same environment: the command `bramka`, and the tests. */
const ofOthers = new Set([
  ...['BRAMKA_URL', 'BRAMKA_API_KEY', 'BRAMKA_SHOP_ID', 'BRAMKA_MERCHANT_ID', 'BRAMKA_SERVICE_KEY'],
  ...['BRAMKA_WEBHOOK_SECRET', 'BRAMKA_TEST_CHROMIUM'],
]);

/** Names that are shorter are near to those of too many others. */
const lengthMin = 6;
/** Kubernetes sets these for a service, which may be called bramka: its name is before them. */
const ofAService = /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?)$/;

/**
 * Finds variables that somebody most likely meant as settings: those that begin with `BRAMKA_` and are none, and those whose
 * name differs by one letter from that of a setting. Empty ones count as unset. Pure.
 */
export function findStraySettings(
  variables: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly StraySetting[] {
  const settings = new Set(known);
  const isOurs = (name: string): boolean => settings.has(name) || ofOthers.has(name);
  return Object.entries(variables).flatMap(([name, value = '']) => {
    if (value === '' || isOurs(name) || isOfService(name, value)) return [];
    const like = known.find((each) => each.length >= lengthMin && differsByOne(each, name));
    return like !== undefined || name.startsWith('BRAMKA_') ? [{ name, like }] : [];
  });
}

function isOfService(name: string, value: string): boolean {
  return ofAService.test(name) || (name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value));
}

/** Whether one letter was put in, left out, or is another. */
function differsByOne(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [left, right] = [one, other].map((name) =>
    name.slice(start + (name.length < Math.max(one.length, other.length) ? 0 : 1)),
  );
  return left === right;
}
