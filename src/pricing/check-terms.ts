import { InvalidInput } from '../kernel/errors.ts';
import { isChannel } from '../shops/model.ts';
import { parsePercent, type Terms, usualOverdraft } from './model.ts';

/** The prices that an operator wants a shop to have, as he writes them. */
export type WantedTerms = {
  /** Percentages such as `1.59`, by channel; `*` is for all that are not named. */
  readonly rates: readonly { readonly channel: string; readonly percent: string }[];
  /** Minor units of each currency; undefined: 1,000.00. */
  readonly overdraft?: bigint | undefined;
  readonly refundGivesCommission?: boolean | undefined;
};

/** 10,000,000.00 of a currency. */
const overdraftMax = 1_000_000_000n;

/**
 * Checks the terms of a plan: percentages of 0 to 100 with up to four decimals, each for a channel that there is and each
 * channel once, one of them for `*`; an overdraft of 0 to 10,000,000.00.
 * @throws InvalidInput.
 */
export function checkTerms(wanted: WantedTerms): Omit<Terms, 'promotion'> {
  const { overdraft = usualOverdraft, refundGivesCommission = false } = wanted;
  if (overdraft < 0n || overdraft > overdraftMax) {
    throw new InvalidInput(`The overdraft must be 0 to ${overdraftMax} minor units, not ${overdraft}.`, ['overdraft']);
  }
  const rates = wanted.rates.map(({ channel, percent }): [string, number] => {
    if (channel !== '*' && !isChannel(channel)) {
      throw new InvalidInput(`There is no channel ${JSON.stringify(channel)}; name one such as blik, or *.`, ['rates']);
    }
    const ratePpm = parsePercent(percent);
    if (ratePpm !== undefined) return [channel, ratePpm];
    const sentence = `The rate of ${channel} must be a percentage of 0 to 100 such as 1.59, not ${JSON.stringify(percent)}.`;
    throw new InvalidInput(sentence, ['rates']);
  });
  const ratesPpm = Object.fromEntries(rates);
  if (Object.keys(ratesPpm).length < rates.length) throw new InvalidInput('Give each channel one rate.', ['rates']);
  if (ratesPpm['*'] === undefined) {
    throw new InvalidInput('Give a rate for *, which is for all channels that are not named.', ['rates']);
  }
  return { ratesPpm, overdraft, refundGivesCommission };
}
