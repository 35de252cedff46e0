import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EmailDeps } from '../../src/emails/deps.ts';
import { emailJobs } from '../../src/emails/jobs.ts';
import { mailReport } from '../../src/emails/mail-report.ts';
import { openEmails } from '../../src/emails/open-emails.ts';
import { sendMail } from '../../src/emails/send-mail.ts';
import type { Mail, Report } from '../../src/kernel/db/generated/prisma/client.ts';
import { createLog } from '../../src/kernel/log.ts';
import { makeReportJobs, reportJobs } from '../../src/reports/jobs.ts';
import { runSchedule } from '../../src/reports/run-schedule.ts';
import { type ScheduleReportInput, scheduleReport } from '../../src/reports/schedule-report.ts';
import { judgeAddress } from '../../src/reports/sign-address.ts';
import { unscheduleReport } from '../../src/reports/unschedule-report.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openReportWorld, type ReportWorld } from '../reports/world.ts';
import { actorOf } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { type MailServer, startMailServer } from './mail-server.ts';

let world: ReportWorld;
let server: MailServer;
let emails: EmailDeps;
let shop: Shop;

beforeAll(async () => {
  server = await startMailServer();
  world = await openReportWorld();
  const { database, clock, reports } = world;
  const smtpUrl = `smtp://bramka:a%20secret@127.0.0.1:${server.port}`;
  const config = { mode: 'production', smtpUrl, mailFrom: undefined } as const;
  emails = openEmails({ database, clock, log: world.deps.log, reports, config });
});

beforeEach(async () => {
  // Schedules of the test before would go on sending.
  await world.database.pool.query(`delete from timer where kind = 'run_report_schedule'`);
  shop = await world.openShop();
});

afterAll(async () => {
  emails.sender?.close();
  await world.close();
  await server.close();
});

const schedule = async (input: Partial<ScheduleReportInput> = {}) => {
  const usual = { kind: 'PAYOUTS', format: 'CSV', frequency: 'DAILY', email: 'ksiegowosc@shop.example' } as const;
  const wish = { ...usual, idempotencyKey: randomUUID(), ...input };
  return (await scheduleReport(world.reports, actorOf(shop), wish)).schedule;
};

function work(deps = emails): Promise<string[]> {
  const handlers = { ...reportJobs(world.reports), ...makeReportJobs(world.reports), ...emailJobs(deps) };
  return runDueJobs({ database: world.database, clock: world.clock, handlers });
}

async function periodsOf(scheduleId: string): Promise<string[]> {
  const { rows } = await world.database.pool.query<Record<'f' | 'u', string>>(
    'select from_day::text as f, until_day::text as u from report where schedule_id = $1 order by from_day',
    [scheduleId],
  );
  return rows.map(({ f, u }) => `${f} ${u}`);
}

async function mailsTo(recipient: string): Promise<Pick<Mail, 'id' | 'status' | 'tries' | 'error' | 'body'>[]> {
  const query = 'select id, status, tries, error, body from mail where recipient = $1 order by created_at, id';
  return (await world.database.pool.query<Mail>(query, [recipient])).rows;
}

/** The moment so many days after now, at a time of Warsaw's winter. */
function later(days: number, time: string): string {
  const now = Temporal.Instant.fromEpochMilliseconds(world.clock.now().getTime()).toZonedDateTimeISO('Europe/Warsaw');
  return `${now.toPlainDate().add({ days })}T${time}:00+01:00`;
}

describe('A schedule', () => {
  it('has a report of each day made the morning after, and mails where it is', async () => {
    const { id, nextDay } = await schedule({ email: 'daily@shop.example' });
    world.goTo(later(1, '06:59'));
    expect(await work()).toEqual([]);
    world.goTo(later(0, '07:00'));
    expect(await work()).toEqual(['run_report_schedule', 'make_report', 'mail_report', 'send_mail']);
    const day = nextDay.toISOString().slice(0, 10);
    expect(await periodsOf(id)).toEqual([`${day} ${day}`]);
    const mail = server.mails.at(-1);
    expect(mail?.to).toEqual(['daily@shop.example']);
    expect(mail?.text).toContain('From: no-reply@pay.example');
    expect(await mailsTo('daily@shop.example')).toMatchObject([{ status: 'SENT', tries: 1, error: null }]);
    const [{ body } = { body: '' }] = await mailsTo('daily@shop.example');
    const url = new URL(/https:\S+/.exec(body)?.[0] ?? '');
    const address = { id: url.pathname.slice('/reports/'.length), expires: '', signature: '' };
    expect(body).toContain(`good until ${later(7, '07:00')}, for`);
    const signed = { ...address, ...Object.fromEntries(url.searchParams) };
    expect(judgeAddress(world.reports, signed, world.clock.now())).toBe('good');
    expect(judgeAddress(world.reports, signed, new Date(world.clock.now().getTime() + 7 * 86_400_000))).toBe('over');
    const report: Pick<Report, 'status' | 'shopId' | 'merchantId'> = await world.reportNow(signed.id);
    expect(report).toMatchObject({ status: 'READY', shopId: null, merchantId: shop.merchantId });
  });

  it('makes up for days that were missed, each once, and goes on behind them', async () => {
    const { id } = await schedule();
    world.goTo(later(3, '07:00'));
    await work();
    const made = await periodsOf(id);
    expect(made.length).toBe(3);
    await Promise.all([runSchedule(world.reports, id), runSchedule(world.reports, id)]);
    expect(await periodsOf(id)).toEqual(made);
    world.goTo(later(1, '07:00'));
    await work();
    expect((await periodsOf(id)).length).toBe(4);
  });

  it('of weeks goes from Monday to Sunday, of months from the first to the last day', async () => {
    world.goTo('2027-02-10T12:00:00+01:00');
    const weekly = await schedule({ frequency: 'WEEKLY' });
    const monthly = await schedule({ frequency: 'MONTHLY', kind: 'BALANCE_STATEMENT', format: 'CAMT053' });
    world.goTo('2027-03-01T07:00:00+01:00');
    await work();
    expect(await periodsOf(weekly.id)).toEqual([
      ...['2027-02-08 2027-02-14', '2027-02-15 2027-02-21', '2027-02-22 2027-02-28'],
    ]);
    expect(await periodsOf(monthly.id)).toEqual(['2027-02-01 2027-02-28']);
  });

  it('ends when it is told to, and only by its own merchant', async () => {
    const { id } = await schedule();
    await expect(unscheduleReport(world.reports, actorOf(await world.openShop()), id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const ended = await unscheduleReport(world.reports, actorOf(shop), id);
    expect((await unscheduleReport(world.reports, actorOf(shop), id)).endedAt).toEqual(ended.endedAt);
    world.goTo(later(2, '07:00'));
    await work();
    expect(await periodsOf(id)).toEqual([]);
  });

  it('is refused while 50 of the merchant go on', async () => {
    const made = await Promise.allSettled(Array.from({ length: 51 }, () => schedule()));
    const refused = made.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'TOO_MANY_SCHEDULES' } }]);
    const [first] = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    await unscheduleReport(world.reports, actorOf(shop), first ?? '');
    await schedule();
  });

  it('is made once under one key, and refused where no mails are sent or the address is none', async () => {
    const [one, two] = await Promise.all([schedule({ idempotencyKey: 'k' }), schedule({ idempotencyKey: 'k' })]);
    expect(one.id).toBe(two.id);
    await expect(schedule({ idempotencyKey: 'k', frequency: 'WEEKLY' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await expect(schedule({ email: 'a@b.example\r\nBcc: c@d.example' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const wish = {
      kind: 'PAYOUTS',
      format: 'CSV',
      frequency: 'DAILY',
      email: 'a@b.example',
      idempotencyKey: 'x',
    } as const;
    await expect(scheduleReport({ ...world.reports, sendsMails: false }, actorOf(shop), wish)).rejects.toMatchObject({
      code: 'MAIL_NOT_AVAILABLE',
    });
  });
});

describe('A mail', () => {
  it('that the server does not take is tried again, and there is one for each report', async () => {
    const { id } = await schedule({ email: 'again@shop.example' });
    world.goTo(later(1, '07:00'));
    server.refuse({ code: 451 });
    await work();
    const [waiting] = await mailsTo('again@shop.example');
    expect(waiting).toMatchObject({ status: 'PENDING', tries: 1, error: 'EMESSAGE 451' });
    await unscheduleReport(world.reports, actorOf(shop), id);
    server.refuse(undefined);
    const before = server.mails.length;
    world.clock.pass({ ms: 60_000 });
    expect(await work()).toEqual(['send_mail']);
    expect(server.mails.length).toBe(before + 1);
    expect(server.mails.at(-1)?.text).toContain(`Message-ID: <${waiting?.id}@pay.example>`);
    const { rows } = await world.database.pool.query<{ id: string }>('select id from report where schedule_id = $1', [
      id,
    ]);
    await mailReport(emails, rows[0]?.id ?? '');
    await sendMail(emails, waiting?.id ?? '');
    expect(await mailsTo('again@shop.example')).toMatchObject([{ status: 'SENT', tries: 2, error: null }]);
  });

  it('is given up after two days, and the log says why by codes alone: servers name the recipient in their words', async () => {
    const { id } = await schedule({ email: 'jan@example.pl' });
    world.goTo(later(1, '07:00'));
    server.refuse({ code: 550, ofRecipient: '5.1.1 <jan@example.pl> unknown' });
    const lines: string[] = [];
    const log = createLog('trace', new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
    await work({ ...emails, log });
    await unscheduleReport(world.reports, actorOf(shop), id);
    for (let hours = 0; hours < 72; hours += 1) {
      world.clock.pass({ ms: 3_600_000 });
      await work({ ...emails, log });
    }
    server.refuse(undefined);
    const reason = 'EENVELOPE 550 5.1.1';
    expect(await mailsTo('jan@example.pl')).toMatchObject([{ status: 'FAILED', tries: 8, error: reason }]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'a mail was given up', reason }]);
    expect(lines.join()).not.toMatch(/jan|example\.pl|unknown/);
  });

  it('is kept and not sent in a sandbox without a mail server', async () => {
    await schedule({ email: 'kept@shop.example' });
    world.goTo(later(1, '07:00'));
    const before = server.mails.length;
    await work({ ...emails, sender: undefined, keepsMails: true });
    expect(await mailsTo('kept@shop.example')).toMatchObject([{ status: 'KEPT', tries: 0 }]);
    expect(server.mails.length).toBe(before);
  });

  it('waits in production when the worker has no mail server, and is sent by one that has', async () => {
    const { id } = await schedule({ email: 'unset@shop.example' });
    world.goTo(later(1, '07:00'));
    await work({ ...emails, sender: undefined });
    expect(await mailsTo('unset@shop.example')).toMatchObject([{ status: 'PENDING', tries: 1, error: 'NO_SMTP_URL' }]);
    await unscheduleReport(world.reports, actorOf(shop), id);
    world.clock.pass({ ms: 60_000 });
    await work();
    expect(await mailsTo('unset@shop.example')).toMatchObject([{ status: 'SENT', tries: 2, error: null }]);
  });
});
