/** Bugs that can be planted, to see that the test would notice them. */
export const plants = ['forget-key', 'forget-cursor', 'swallow-webhook'] as const;

/** How much of everything a storm has. */
export type Scale = {
  readonly seed: number;
  readonly payments: number;
  /** How many buy at a time. */
  readonly clients: number;
  readonly kills: number;
  readonly restarts: number;
  /** Of each other kind of fault. */
  readonly others: number;
  /** Connections to PostgreSQL that are swallowed: each costs its process the 20 seconds after which it gives up. */
  readonly swallows: number;
  /** Whether processes hint each other by NOTIFY, which they do where there is no NATS. */
  readonly byNotify: boolean;
  /** How long things may take to come to their end afterwards. */
  readonly calmMs: number;
  readonly plant: (typeof plants)[number] | undefined;
};

const small = { payments: 2_000, kills: 10, restarts: 2, others: 4, swallows: 1 };
const full = { payments: 20_000, kills: 200, restarts: 20, others: 40, swallows: 10 };

/** Reads from the environment, as `test/faults/run-faults.ts` writes it, how much is asked for. */
export function readScale(environment: Readonly<Record<string, string | undefined>>): Scale {
  const amounts = environment.FAULTS_FULL === '1' ? full : small;
  const payments = Number(environment.FAULTS_PAYMENTS ?? amounts.payments);
  const share = (usual: number): number => Math.round((usual * payments) / amounts.payments);
  return {
    payments,
    kills: share(amounts.kills),
    restarts: share(amounts.restarts),
    others: share(amounts.others),
    swallows: share(amounts.swallows),
    seed: Number(environment.FAULTS_SEED ?? 1),
    clients: 24,
    byNotify: environment.FAULTS_NOTIFY === '1',
    calmMs: 90_000,
    plant: plants.find((plant) => plant === environment.FAULTS_PLANT),
  };
}
