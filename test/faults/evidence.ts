/** What a client asked for under one idempotency key, and what it was told. */
export type Asked = {
  readonly key: string;
  /** The ids that answers gave for it; one, however often it was repeated. */
  readonly ids: readonly string[];
  /** Why it was refused for good; undefined: it was not. */
  readonly refusal?: string | undefined;
  /** What the refusal said. */
  readonly sentence?: string | undefined;
  /** True when it was refused after requests that nobody answered: one of those may have been done. */
  readonly unsure?: boolean;
};

/** A row that was committed. */
export type Kept = { readonly key: string; readonly id: string; readonly status: string };

/** The three things that clients ask for. */
export const nouns = ['payments', 'transactions', 'refunds'] as const;
export type Noun = (typeof nouns)[number];

/** An event as the log has it, and as subscribers see it. */
export type Seen = {
  readonly number: number;
  readonly type: string;
  /** What it is about: a payment, an attempt or a refund. */
  readonly id: string;
  /** Its state then; empty for payments, of which a subscriber is told the type alone. */
  readonly status: string;
};

/** An event in the log of a shop, with what the rules of notifications look at. */
export type Logged = Seen & { readonly paymentId: string };

export type Subscriber = {
  readonly name: string;
  readonly shopId: string;
  /** Undefined: it wants all. */
  readonly types?: readonly string[] | undefined;
  readonly seen: readonly Seen[];
};

/** A notification that the shop answered with 200: what it is about, and the state that it told. */
export type Notified = { readonly id: string; readonly status: string };

/** Money that moved, by what it moved for. */
export type Moved = { readonly id: string; readonly amount: bigint };

/** A posting. */
export type Posted = {
  /** The attempt or refund whose money moved at the acquirer by it; null for all other postings. */
  readonly of: string | null;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
};

/** Everything that is known after a storm, from all sides, by id. */
export type Evidence = {
  readonly asked: Readonly<Record<Noun, readonly Asked[]>>;
  readonly kept: Readonly<Record<Noun, readonly Kept[]>>;
  readonly logs: ReadonlyMap<string, readonly Logged[]>;
  readonly subscribers: readonly Subscriber[];
  /** What shops acknowledged. */
  readonly notified: readonly Notified[];
  /** Attempts whose money the acquirer took, and refunds whose money it gave back: by the acquirer's own books. */
  readonly acquirer: { readonly taken: readonly Moved[]; readonly returned: readonly Moved[] };
  /** The balances that are kept, each of one account. */
  readonly balances: readonly { readonly account: string; readonly amount: bigint }[];
  readonly postings: readonly Posted[];
  /** What is left to do although everything had its time: jobs, timers, attempts, refunds. */
  readonly stuck: readonly string[];
  /** Invariants of the domain that are broken, as test/support/invariants.ts and the ledger's checker find them. */
  readonly broken: readonly string[];
  /** Processes that ended although nobody ended them. */
  readonly ownEnds: readonly string[];
};
