/** What an operator may decide on a message that is OPEN, and the state that it then has for good. */
export const decisions = { ANSWER: 'ANSWERED', APPROVE: 'APPROVED', REFUSE: 'REFUSED' } as const;

export type MessageDecision = keyof typeof decisions;
