import { describe, expect, it } from 'vitest';
import * as grammar from './grammar-rules.ts';
import * as imports from './import-rules.ts';
import { judge } from './judge.ts';
import * as sizes from './size-rules.ts';
import { type Rule, toSourceFile } from './source-files.ts';
import * as transactions from './transaction-rules.ts';
import * as words from './word-rules.ts';

type Sources = Record<string, string>;
type Case = { readonly rule: Rule; readonly bad: readonly Sources[]; readonly good: readonly Sources[] };

const offencesOf = (rule: Rule, sources: Sources) =>
  rule.check(Object.entries(sources).map(([path, text]) => toSourceFile(path, text)));
const lines = (count: number) => 'run();\n'.repeat(count);
const importing = (target: string, keyword = 'import') => `${keyword} { a } from '${target}';`;
const at = (path: string, ...texts: string[]): Sources[] => texts.map((text) => ({ [path]: text }));

const sizeCases: Case[] = [
  { rule: sizes.fileSize, bad: at('src/a.ts', lines(301)), good: at('src/a.ts', lines(300)) },
  {
    rule: sizes.functionSize,
    bad: at('src/a.ts', `function a() {\n${lines(59)}}\n`, `const a = () => {\n${lines(59)}};\n`),
    good: at('src/a.ts', `function a() {\n${lines(58)}}\n${lines(100)}`),
  },
  {
    rule: sizes.parameterCount,
    bad: [
      ...at('src/a.ts', 'function a(b: B, c: C, d: D, e: E): F {\n}', 'const a = (b: B, c: C, d: D, e: E) => f;'),
      ...at('src/a.ts', 'run((a, b, c, d) => e);'),
      ...at('src/payments/graphql.ts', 'const resolve = (a, b, c, d) => e;'),
    ],
    good: [
      ...at('src/a.ts', 'function a(b: B, { c, d, e, f }: G, h: H) {\n}', 'run(a, b, c, d);'),
      ...at(
        'src/payments/graphql.ts',
        'field({ resolve: async (a, b, c, d) => e });',
        'f({ resolve(a, b, c, d) {\n} });',
      ),
    ],
  },
];

const wordCases: Case[] = [
  {
    rule: words.noAny,
    bad: at('src/a.ts', 'let a: any;', 'b as any', 'const c = <any>d;', 'let e: any[];', 'let f: Map<A, any>;'),
    good: at('src/a.ts', "Promise.any(a); // any\nconst b = 'any';\nlet many: company;\nit(expect.any(String));"),
  },
  {
    rule: words.noSilencing,
    bad: at('test/a.ts', '// @ts-ignore', '/* @ts-expect-error: no */'),
    good: at('test/a.ts', "const a = '@ts-ignore';"),
  },
  {
    rule: words.noLeftovers,
    bad: at('src/a.ts', '// TODO: later', '/** FIXME */', '// XXX'),
    good: at('src/a.ts', '// https://example.com/mastodon\nconst a = "TODO";'),
  },
  {
    rule: words.noSkippedTests,
    bad: at('test/a.test.ts', "it.skip('a')", "describe.only('a')", "test.concurrent.skip('a')", "it.todo('a')"),
    good: at('test/a.test.ts', "it('a .skip( b', () => a({ skip: 1 }))"),
  },
  {
    rule: words.noConsole,
    bad: at('src/kernel/log.ts', 'console.log(a);'),
    good: [...at('src/main.ts', 'console.log(a);'), ...at('src/kernel/db/cli/migrate.ts', 'console.log(a);')],
  },
  {
    rule: words.environmentInConfig,
    bad: at('src/app.ts', 'process.env.PORT', 'const { env } = process;', "process['env']"),
    good: [...at('src/config.ts', 'process.env'), ...at('src/kernel/db/cli/migrate.ts', 'process.env.DATABASE_URL')],
  },
  {
    rule: words.timeFromClock,
    bad: at('src/a.ts', 'Date.now()', 'new Date()', 'const a = new Date;', 'Temporal.Now.instant()', 'Math.random()'),
    good: [
      ...at('src/a.ts', 'new Date(row.at); clock.now(); performance.now(); process.hrtime.bigint();'),
      ...at('src/kernel/clock.ts', 'new Date(Date.now())'),
    ],
  },
  {
    rule: words.noTimeInSql,
    bad: [
      ...at('src/a/store.ts', 'q(`select now()`)', "q('set at = CURRENT_TIMESTAMP')", 'q(`at > clock_timestamp()`)'),
      ...at('prisma/schema.prisma', 'at DateTime @default(now())', 'at DateTime @updatedAt'),
      ...at('prisma/migrations/1_a/migration.sql', 'at timestamptz default now()'),
    ],
    good: [
      ...at('src/a/store.ts', 'const at = clock.now(); // now()'),
      ...at('prisma/migrations/1_a/migration.sql', '-- no now() here\nselect 1;'),
    ],
  },
];

const importCases: Case[] = [
  {
    rule: imports.importRanks,
    bad: [
      ...at('src/kernel/ids.ts', importing('../shops/model.ts')),
      ...at('src/kernel/ids.ts', importing('../shops/model.ts', 'import type')),
      ...at('src/ledger/store.ts', importing('../transactions/model.ts')),
      ...at('src/payments/start-transaction.ts', importing('../refunds/model.ts')),
      ...at('src/refunds/create-refund.ts', importing('../webhooks/store.ts'), importing('../app.ts', 'import type')),
      ...at('src/refunds/create-refund.ts', importing('../graphql/context.ts', 'import type')),
      ...at('src/graphql/schema.ts', importing('../app.ts')),
    ],
    good: [
      ...at('src/transactions/store.ts', importing('../ledger/post.ts'), importing('../kernel/db/tx.ts')),
      ...at('src/refunds/create-refund.ts', importing('../payments/model.ts'), importing('./model.ts')),
      ...at('src/refunds/graphql.ts', importing('../graphql/builder.ts'), importing('../webhooks/store.ts')),
      ...at('src/graphql/context.ts', importing('../app.ts', 'import type'), importing('../http/router.ts')),
      ...at('src/app.ts', importing('./graphql/schema.ts'), importing('./config.ts')),
    ],
  },
  {
    rule: imports.drawnFolders,
    bad: [...at('src/things/model.ts', ''), ...at('src/server.ts', '')],
    good: [...at('src/refunds/model.ts', ''), ...at('src/main.ts', ''), ...at('src/demo.ts', '')],
  },
  {
    rule: imports.edgeFilesLoaded,
    bad: [
      ...at('src/refunds/create-refund.ts', importing('./jobs.ts')),
      ...at('src/app.ts', importing('./refunds/graphql.ts'), importing('./paywall/http.ts')),
      ...at('src/payments/graphql.ts', importing('../refunds/graphql.ts')),
      ...at('src/transactions/graphql.ts', importing('../payments/graphql/payment.ts')),
    ],
    good: [
      ...at('src/graphql/schema.ts', importing('../refunds/graphql.ts'), importing('../payments/graphql/types.ts')),
      ...at('src/jobs/registry.ts', importing('../refunds/jobs.ts')),
      ...at('src/http/router.ts', importing('../paywall/http.ts')),
      ...at('src/payments/graphql/mutations.ts', importing('./types.ts'), importing('../../transactions/graphql.ts')),
      ...at('src/payments/create-payment.ts', importing('../kernel/jobs.ts')),
    ],
  },
  {
    rule: imports.acquirersBehindPort,
    bad: [
      ...at('src/payments/start-transaction.ts', importing('../acquirers/sandbox-blik/acquirer.ts')),
      ...at('src/acquirers/sandbox-card/acquirer.ts', importing('../sandbox-blik/acquirer.ts')),
    ],
    good: [
      ...at('src/payments/start-transaction.ts', importing('../acquirers/port.ts')),
      ...at('src/app.ts', importing('./acquirers/sandbox-blik/acquirer.ts')),
      ...at('src/acquirers/sandbox-blik/acquirer.ts', importing('./outcomes.ts'), importing('../port.ts')),
    ],
  },
  {
    rule: imports.noEdgePackages,
    bad: [
      ...at('src/kernel/errors.ts', importing('graphql')),
      ...at('src/refunds/create-refund.ts', importing('@pothos/core', 'import type'), importing('hono/html')),
      ...at('src/emails/render-mail.ts', importing('hono')),
    ],
    good: [
      ...at('src/refunds/graphql.ts', importing('graphql')),
      ...at('src/http/router.ts', importing('hono')),
      ...at('src/emails/render-mail.ts', importing('hono/html')),
    ],
  },
  {
    rule: imports.noCycles,
    bad: [
      {
        'src/ledger/model.ts': importing('./post.ts', 'import type'),
        'src/ledger/post.ts': importing('./store.ts'),
        'src/ledger/store.ts': importing('./model.ts'),
      },
    ],
    good: [
      {
        'src/ledger/post.ts': importing('./model.ts') + importing('./store.ts'),
        'src/ledger/model.ts': '',
        'src/ledger/store.ts': importing('./model.ts'),
      },
      {
        'src/app.ts': importing('./graphql/context.ts'),
        'src/graphql/context.ts': importing('../app.ts', 'import type'),
      },
    ],
  },
];

const inTransactionOf = (text: string) => `inTransaction(deps.database, async (tx) => {\n${text}\n});`;

const transactionCases: Case[] = [
  {
    rule: transactions.oneConnection,
    bad: [
      ...at('src/contracts/a.ts', inTransactionOf('await deps.applications.add(address);')),
      ...at('src/contracts/a.ts', inTransactionOf('await read<Row>(deps.reader, statement);')),
      ...at(
        'src/contracts/a.ts',
        'async function write(tx: Tx, deps: Deps): Promise<void> {\n await shops.find(id);\n}',
      ),
      ...at('src/contracts/a.ts', 'function write(tx: Tx): Promise<Row> {\n return prisma.shop.findMany();\n}'),
    ],
    good: [
      ...at(
        'src/contracts/a.ts',
        `await deps.applications.add(address);\n${inTransactionOf('seen.add(await one(tx));')}`,
      ),
      ...at(
        'src/contracts/a.ts',
        'async function find(database: Database): Promise<Row> {\n return read(database, a);\n}',
      ),
    ],
  },
];

const grammarCases: Case[] = [
  {
    rule: grammar.noVagueNames,
    bad: [...at('src/kernel/utils.ts', ''), ...at('src/payments/payment-service.ts', ''), ...at('src/common/a.ts', '')],
    good: [...at('src/shops/rotate-service-key.ts', ''), ...at('src/payments/create-payment.ts', '')],
  },
  {
    rule: grammar.kebabNames,
    bad: [...at('src/payments/createPayment.ts', ''), ...at('src/payments/create_payment.ts', '')],
    good: [...at('src/payments/create-payment.ts', ''), ...at('src/fx/sql/nbp-2.ts', '')],
  },
  {
    rule: grammar.sliceGrammar,
    bad: [
      ...at('src/payments/payments.ts', ''),
      ...at('src/webhooks/index.ts', ''),
      ...at('src/payments/sql/deep/a.ts', ''),
      ...at('src/acquirers/sandbox-blik/stuff.ts', ''),
    ],
    good: [
      ...at('src/payments/create-payment.ts', ''),
      ...at('src/payments/sql/lock-counters.ts', ''),
      ...at('src/payments/graphql/types.ts', ''),
      ...at('src/acquirers/port.ts', ''),
      ...at('src/acquirers/sandbox-blik/simulator.ts', ''),
      ...at('src/kernel/money.ts', ''),
      ...at('src/paywall/page.ts', ''),
    ],
  },
  {
    rule: grammar.sqlAddress,
    bad: [
      ...at('src/payments/create-payment.ts', 'tx.query(a)', 'tx.query<Row>(a)', 'a(`select id from payment`)'),
      ...at('src/payments/graphql.ts', 'a(`\n  insert into payment (id) values ($1)`)', "a('delete from payment')"),
      ...at('src/realtime/follow-log.ts', "a('update payment set state = $1')", 'a(`with b as (select 1) table b`)'),
    ],
    good: [
      ...at('src/payments/store.ts', 'tx.query(`select id from payment`)'),
      ...at('src/payments/sql/lock-counters.ts', 'tx.query(`select 1 from shop for update`)'),
      ...at('src/kernel/db/tx.ts', "client.query('begin')"),
      ...at('src/imoje/http.ts', "c.req.query('a'); // select id from payment"),
      ...at('src/payments/errors.ts', "'Select a method, or update the shop.'"),
    ],
  },
  {
    rule: grammar.prismaAddress,
    bad: at('src/payments/create-payment.ts', 'app.prisma.payment.findMany()', 'prisma.$transaction(a)'),
    good: [
      ...at('src/payments/graphql.ts', 'ctx.prisma.payment.findMany(query)'),
      ...at('src/payments/store.ts', 'prisma.payment.findMany()'),
      ...at('src/app.ts', 'prisma.$disconnect()'),
    ],
  },
];

const cases = [...sizeCases, ...wordCases, ...importCases, ...grammarCases, ...transactionCases];

describe.each(cases.map((each) => [each.rule.name, each] as const))('The rule %s', (_name, { rule, bad, good }) => {
  it.each(bad.map((sources) => [sources]))('refuses %j', (sources) => {
    const offences = offencesOf(rule, sources);
    expect(offences).toHaveLength(1);
    expect(Object.keys(sources)).toContain(offences[0]?.file);
    expect(offences[0]?.message).not.toContain('$&');
  });

  it.each(good.map((sources) => [sources]))('accepts %j', (sources) => {
    expect(offencesOf(rule, sources)).toEqual([]);
  });
});

describe('The rules', () => {
  it('are all proven above', () => {
    const all = [sizes, words, imports, grammar, transactions].flatMap((rules) => Object.values<Rule>(rules));
    expect(cases.map((each) => each.rule.name).sort()).toEqual(all.map((rule) => rule.name).sort());
  });

  it('name the line, excuse a known offender, and refuse an entry that offends no more', () => {
    const files = [toSourceFile('src/a.ts', '\nlet a: any;'), toSourceFile('src/b.ts', '')];
    expect(judge(words.noAny, files, [])).toEqual([expect.stringMatching(/^src\/a\.ts:2 .*write the type/)]);
    expect(judge(words.noAny, files, [{ rule: 'no-any', file: 'src/a.ts' }])).toEqual([]);
    expect(
      judge(words.noAny, files, [
        { rule: 'no-any', file: 'src/a.ts' },
        { rule: 'no-any', file: 'src/b.ts' },
      ]),
    ).toEqual([expect.stringContaining('src/b.ts keeps the rule no-any now')]);
  });
});
