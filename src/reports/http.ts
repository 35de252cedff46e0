import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Hono } from 'hono';
import { acceptsGzip } from '../http/accepts-gzip.ts';
import { answerProblem, methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { isUuid } from '../kernel/ids.ts';
import type { ReportDeps } from './deps.ts';
import { fileNameOf, fileTypes, isKeptCompressed } from './model.ts';
import { judgeAddress } from './sign-address.ts';
import { type Attempt, readPiece, readReport } from './store.ts';

/** The files of reports, at addresses that are signed and end. */
export function reportRoutes({ reports }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .get('/reports/:id', (c) => answerFile(reports, c))
    .all('/reports/:id', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

async function answerFile(deps: ReportDeps, c: HttpContext): Promise<Response> {
  const [id = '', expires = '', signature = ''] = [c.req.param('id'), c.req.query('expires'), c.req.query('signature')];
  const word = isUuid(id) ? judgeAddress(deps, { id, expires, signature }, deps.clock.now()) : 'false';
  const ask = 'ask for the field `url` of the report anew.';
  if (word === 'false') return answerProblem(c, 403, `The address of this file is not whole or was changed; ${ask}`);
  if (word === 'over') return answerProblem(c, 410, `The time of this address is over; ${ask}`);
  const report = await readReport(deps.database, id);
  if (report?.status !== 'READY') {
    return answerProblem(c, 410, 'The file is not kept any more; order the report again.');
  }
  const { mediaType } = fileTypes[report.format];
  const isCompressed = isKeptCompressed(report.format);
  const passes = isCompressed && acceptsGzip(c.req.header('accept-encoding'));
  const headers: Record<string, string> = {
    'content-type': mediaType,
    'content-disposition': `attachment; filename="${fileNameOf(report)}"`,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    ...(isCompressed ? { vary: 'accept-encoding' } : {}),
    ...(passes ? { 'content-encoding': 'gzip' } : {}),
    ...(passes || !isCompressed ? { 'content-length': String(report.bytes) } : {}),
  };
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const kept = Readable.from(readPieces(deps, report), { objectMode: false });
  // An error reaches whoever reads, as a body that breaks off.
  const file = isCompressed && !passes ? pipeline(kept, createGunzip(), () => undefined) : kept;
  return c.body(Readable.toWeb(file) as ReadableStream, 200, headers);
}

/**
 * The pieces of a file one after the other, so that no more than one of them is in memory.
 * @throws Error when they are not all there any more: the file ended while it was fetched, and must not look whole.
 */
export async function* readPieces(
  { database }: Pick<ReportDeps, 'database'>,
  report: Attempt & { readonly bytes: bigint },
): AsyncGenerator<Uint8Array> {
  let bytes = 0n;
  for (let number = 0; ; number += 1) {
    const piece = await readPiece(database, report, number);
    if (!piece) break;
    bytes += BigInt(piece.length);
    yield piece;
  }
  if (bytes !== report.bytes) throw new Error('The file of a report ended while it was fetched.');
}
