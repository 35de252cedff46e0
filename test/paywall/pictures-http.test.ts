import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentMethod } from '../../src/kernel/db/generated/prisma/enums.ts';
import { PaymentMethod as paymentMethods } from '../../src/kernel/db/generated/prisma/enums.ts';
import { channelPlates } from '../../src/paywall/pages/plates.ts';
import { channelPicture, methodPicture, platesByPlace } from '../../src/paywall/picture-addresses.ts';
import { type Channel, channels } from '../../src/shops/model.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const allChannels = Object.keys(channels) as Channel[];
const allMethods = Object.values(paymentMethods) as PaymentMethod[];

/** Width and height of a PNG, out of its first chunk (PNG specification, section 11.2.2). */
function sizeOf(png: Buffer): number[] {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

describe('Pictures', () => {
  it.each([
    ...allChannels.map((channel) => [channel, (url: string) => channelPicture(url, channel)] as const),
    ...allMethods.map((method) => [method, (url: string) => methodPicture(url, method)] as const),
  ])('of %s is a PNG that may be kept for a year and shown on any page', async (_name, addressBelow) => {
    const answer = await fetch(addressBelow(gateway.url), { redirect: 'error' });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    const png = Buffer.from(await answer.arrayBuffer());
    expect(sizeOf(png)).toEqual([192, 96]);
    expect(png.byteLength).toBeLessThan(6_000);
  });

  it('of two channels are never the same', () => {
    const drawn = Object.values(channelPlates).map(({ name, fill }) => `${name} ${fill}`);
    expect(new Set(drawn).size).toBe(allChannels.length);
  });

  it('have names of 1 to 8 letters that the font has, in white with a contrast of at least 4.5', () => {
    for (const { name, fill } of platesByPlace.values()) {
      expect(name).toMatch(/^[A-Za-z0-9 %]{1,8}$/);
      expect(1.05 / (luminanceOf(fill) + 0.05), `${name} ${fill}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('of an earlier version lead to those of today', async () => {
    const answer = await fetch(`${gateway.url}/pictures/00000000/channels/ipko.png`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, channelPicture('', 'ipko')]);
  });

  it('that are none are not found, and nothing can be sent there', async () => {
    const here = channelPicture(gateway.url, 'ipko');
    expect((await fetch(here.replace('ipko', 'nobody'))).status).toBe(404);
    expect((await fetch(here.replace('channels', 'methods'))).status).toBe(404);
    const sent = await fetch(here, { method: 'POST' });
    expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(here, { method: 'HEAD' })).status).toBe(200);
  });
});

/** Relative luminance (WCAG 2.2) of a colour written `#rrggbb`. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
