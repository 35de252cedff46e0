import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphiqlServer } from '../../src/graphql/serve-graphiql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { wireAgain } from './wired.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

describe('GraphiQL', () => {
  const page = { accept: 'text/html' };

  /** The page as it is sent. */
  async function fetchPage(headers: Record<string, string>) {
    const asked = get(`${gateway.url}/graphql`, { headers: { ...page, ...headers } });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, bytes: await buffer(answer) };
  }

  it('is a page of the sandbox that loads nothing from elsewhere', async () => {
    const answer = await fetch(`${gateway.url}/graphql`, { headers: page });
    const [text, { status, headers }] = [await answer.text(), answer];
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(text.toLowerCase()).toContain('graphiql');
    const markup = text.replaceAll(/(<script\b[^>]*>).*?<\/script>/gs, '$1');
    const loaded = [...markup.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/gi)];
    expect(loaded.map(([, address]) => address).filter((address) => !address?.startsWith('data:'))).toEqual([]);
    expect(text).not.toMatch(/@import|url\(\s*["']?https?:|import\(\s*["']https?:|from\s*["']https?:/);
  });

  it('is sent again only to a browser that has not got it, zipped if that takes it', async () => {
    const etags: string[] = [];
    for (const [coding, encoding] of [
      ['br, gzip', 'gzip'],
      ['gzip; q=0.0, br', undefined],
    ] as const) {
      const first = await fetchPage({ 'accept-encoding': coding });
      expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'Accept, Accept-Encoding' });
      expect(first.headers['content-encoding']).toBe(encoding);
      const whole = encoding ? gunzipSync(first.bytes) : first.bytes;
      expect(whole.toString()).toMatch(/<!doctype html>.*YogaGraphiQL.*<\/html>/s);
      const etag = String(first.headers.etag);
      etags.push(etag);
      const again = await fetchPage({ 'accept-encoding': coding, 'if-none-match': `W/${etag}` });
      expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, etag]);
      expect(again.headers['content-security-policy']).toBe("frame-ancestors 'none'");
    }
    expect(new Set(etags).size).toBe(2);
  });

  it('is not there in production', async () => {
    const production = await wireAgain(gateway, { mode: 'production' });
    const response = await fetch(`${production.url}/graphql`, { headers: page });
    expect((await response.text()).toLowerCase()).not.toContain('graphiql');
    expect(response.status).toBeGreaterThanOrEqual(400);
    await production.stop();
  });

  it('is one page in the memory, however many are sent it and do not read', async () => {
    const sent: Buffer[] = [];
    const response = {
      appendHeader: () => response,
      writeHead: () => response,
      end: (bytes: Buffer) => sent.push(bytes),
    };
    const serve = createGraphiqlServer();
    const ask = (coding: string) =>
      serve(
        { headers: { 'accept-encoding': coding } } as unknown as IncomingMessage,
        response as unknown as ServerResponse,
      );
    await Promise.all(['gzip', '', 'gzip', ''].map(ask));
    expect(sent.length).toBe(4);
    expect(new Set(sent).size).toBe(2);
  });
});
