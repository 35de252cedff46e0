/** The forms in which operations are answered, and the ranges of them that a request may accept (RFC 9110, section 12.5.1). */
const acceptable =
  /^(?:\*\/\*|application\/(?:\*|json|graphql-response\+json)|text\/(?:\*|event-stream)|multipart\/(?:\*|mixed))$/;

/** What whoever accepts no form of the answer is told. */
export const notAcceptable =
  'Accept text/event-stream for a subscription, application/json or application/graphql-response+json for anything else.';

/** Says whether any form is accepted, so that nothing is done for one who could not be told of it. Without the header all are. */
export function acceptsAny(accept: string | undefined): boolean {
  return !accept || accept.toLowerCase().split(',').some(isAcceptable);
}

/** The same header without the ranges that it refuses, which yoga would take for accepted. */
export function withoutRefused(accept: string): string {
  // Hardly anybody refuses one.
  if (!accept.includes('q=0')) return accept;
  const wanted = accept.split(',').filter((range) => isWanted(range.toLowerCase()));
  return wanted.length > 0 ? wanted.join() : accept;
}

function isAcceptable(range: string): boolean {
  const [type = ''] = range.split(';', 1);
  return isWanted(range) && acceptable.test(type.trim());
}

/** All is written in UTF-8; what has the weight 0 is not accepted. */
function isWanted(range: string): boolean {
  const [, ...parameters] = range.split(';').map((part) => part.trim());
  return parameters.every((parameter) => !/^(?:q=0(?:\.0*)?|charset=(?!"?utf-8"?$).*)$/.test(parameter));
}
