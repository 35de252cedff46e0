import { builder } from '../../graphql/builder.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { amountMax } from '../../kernel/money.ts';
import { parseText } from '../../kernel/text.ts';
import { type TaxStake, taxStakes } from '../read-trade-documents.ts';

/** Rates of VAT and reasons for none. */
export const TaxStakeEnum = builder.enumType('TaxStake', {
  description: 'A rate of Polish VAT, or why there is none.',
  values: describeValues<TaxStake>(taxStakes),
});

const CartItemInput = builder.inputType('CartItemInput', {
  description: 'Something that is bought.',
  fields: (t) => ({
    number: t.string({ required: true, description: "The shop's own number of it: 1 to 255 characters." }),
    name: t.string({ required: true, description: '1 to 1,000 characters.' }),
    amount: t.field({ type: 'MinorUnits', required: true, description: 'Net price of one, 0 to 999,999,999.' }),
    tax: t.field({ type: 'MinorUnits', required: true, description: 'VAT of one, 0 to 999,999,999.' }),
    taxStake: t.field({ type: TaxStakeEnum, required: true, description: 'The rate of that.' }),
    quantity: t.int({ required: true, description: 'How many, 1 to 1,000,000.' }),
  }),
});

/** What is bought, as a shop gives it in an input. */
export const CartInput = builder.inputType('CartInput', {
  description: 'What is bought. The method LEASE needs it: items of 1,000.00 PLN net each, 5,000.00 PLN net together.',
  fields: (t) => ({
    items: t.field({ type: [CartItemInput], required: true, description: 'At most 1,000.' }),
  }),
});

type Item = {
  readonly number: string;
  readonly name: string;
  readonly amount: bigint;
  readonly tax: bigint;
  readonly taxStake: string;
  readonly quantity: number;
};

/** Checks a cart and writes it as payments keep it (imoje protocol, section 1). @throws InvalidInput naming the field. */
export function toCart({ items }: { readonly items: readonly Item[] }) {
  if (items.length > 1000) throw new InvalidInput('A cart has at most 1,000 items.', ['cart', 'items']);
  return {
    items: items.map(({ number, name, amount, tax, taxStake, quantity }, place) => {
      const at = (field: string): string[] => ['cart', 'items', String(place), field];
      if (quantity < 1 || quantity > 1_000_000)
        throw new InvalidInput('quantity must be 1 to 1,000,000.', at('quantity'));
      return {
        id: parseText(number, at('number'), { max: 255 }),
        name: parseText(name, at('name'), { max: 1000 }),
        amount: parseUnits(amount, at('amount')),
        tax: parseUnits(tax, at('tax')),
        taxStake,
        quantity,
      };
    }),
  };
}

/** Takes an amount that may be nothing, as JSON has it. */
export function parseUnits(amount: bigint, field: readonly string[]): number {
  if (amount < 0n || amount > amountMax) {
    throw new InvalidInput(`${field.at(-1)} must be 0 to ${amountMax} minor units.`, field);
  }
  return Number(amount);
}
