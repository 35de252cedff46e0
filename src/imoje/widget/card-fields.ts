const required =
  'merchantId serviceId amount currency orderId customerId customerFirstName customerLastName customerEmail signature';
const optional =
  'customerPhone orderDescription urlSuccess urlFailure urlReturn urlCancel widgetType validTo invoice multipayout';

/** The fields of a card widget, which are attributes of its script (imoje protocol, section 1b). */
export const cardFields = { required: required.split(' '), optional: optional.split(' ') } as const;

/** Says whether every field is one of a card widget, so that its script may have sent them. */
export function areCardFields(names: readonly string[]): boolean {
  const known = [...cardFields.required, ...cardFields.optional];
  return names.every((name) => known.includes(name));
}
