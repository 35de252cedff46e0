import { canonicalForm, type FormFields } from '../../kernel/signature.ts';

/** The required fields, in the order in which they are signed. */
const anchors = [
  'amount',
  'currency',
  'customerFirstName',
  'customerLastName',
  'merchantId',
  'orderId',
  'serviceId',
] as const;

/** Optional fields that move money or steer the payment. */
const steering = ['cart', 'cartData', 'invoice', 'multipayout', 'urlNotification', 'validTo', 'visibleMethod'] as const;

type Marker = { readonly name: string; readonly at: number };

/**
 * Names the fields for which the signed text has a second reading. The imoje signature joins decoded values with `&`
 * and escapes nothing, so a payer whose order note a shop sends as `additionalDescription` can write `x&amount=1&z=`
 * into it and post the shop's signature with the fields cut elsewhere: amount 1, and the true amount inside `z`. Both
 * forms sign the same text, so both are refused. A reading counts only if its names are in signing order:
 * `&orderId=5` inside `urlSuccess` is harmless and stays allowed. A steering field that the payer added, where the shop sent
 * none, cannot be seen: an honest form with that field has the same text.
 */
export function ambiguousFields(fields: FormFields): readonly string[] {
  const text = `&${canonicalForm(fields)}`;
  const markers = [...text.matchAll(/&([A-Za-z]+)(?=[=[])/g)].map((found) => ({
    name: found[1] ?? '',
    at: found.index,
  }));
  const usable = markersInSomeReading(markers);
  const doubled = anchors.filter((anchor) => usable.filter((marker) => marker.name === anchor).length > 1);
  if (doubled.length > 0 || usable.length < anchors.length) return doubled;
  const edges = [0, ...usable.map((marker) => marker.at), text.length];
  return steering.filter((name) => {
    const anchorsBefore = anchors.filter((anchor) => anchor < name).length;
    const [from = 0, to = text.length] = edges.slice(anchorsBefore);
    const found = markers.filter((marker) => marker.name === name && marker.at > from && marker.at < to);
    return found.length > countLeaves(fields[name]);
  });
}

/** Keeps the places of anchors that have all earlier anchors before them and all later ones after them, in order. */
function markersInSomeReading(markers: readonly Marker[]): readonly Marker[] {
  let reached = 0;
  const forward = markers.filter((marker) => {
    const rank = (anchors as readonly string[]).indexOf(marker.name);
    if (rank === reached) reached += 1;
    return rank >= 0 && rank < reached;
  });
  let needed = anchors.length;
  return forward
    .toReversed()
    .filter((marker) => {
      const rank = (anchors as readonly string[]).indexOf(marker.name);
      if (rank === needed - 1) needed -= 1;
      return rank >= needed;
    })
    .toReversed();
}

function countLeaves(value: string | FormFields | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countLeaves(inner), 0);
}
