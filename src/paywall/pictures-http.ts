import { Hono } from 'hono';
import { methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpEnv } from '../http/deps.ts';
import { pictureVersion, platesByPlace } from './picture-addresses.ts';
import { printPlate } from './print-plate.ts';

/**
 * The pictures of methods and channels, for shops to show on pages of theirs. Whoever kept an address of an earlier version
 * is led to the picture of today.
 */
export function pictureRoutes(): Hono<HttpEnv> {
  const printed = new Map<string, Uint8Array<ArrayBuffer>>();
  const path = '/pictures/:version/:kind/:file';
  const answer = async (c: HttpContext): Promise<Response> => {
    const place = `${c.req.param('kind')}/${c.req.param('file')}`;
    const plate = platesByPlace.get(place);
    if (plate === undefined) return c.notFound();
    if (c.req.param('version') !== pictureVersion) return c.redirect(`/pictures/${pictureVersion}/${place}`, 302);
    const png = printed.get(place) ?? (await printPlate(plate));
    printed.set(place, png);
    return c.body(png, 200, {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      // Pages of any shop show it.
      'cross-origin-resource-policy': 'cross-origin',
    });
  };
  return new Hono<HttpEnv>().get(path, answer).all(path, (c) => methodNotAllowed(c, 'GET, HEAD'));
}
