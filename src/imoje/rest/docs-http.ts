import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import type { HttpContext, HttpDeps, HttpEnv } from '../../http/deps.ts';
import { answerRestRefusal } from './answer-error.ts';
import { describeDoor } from './describe-door.ts';
import { endpoints } from './endpoints.ts';

/** Where the OpenAPI document is, for anybody to read. */
const documentPath = '/v1/openapi.json';
const pagePath = '/v1/docs';

/**
 * The viewer is files of ours, which therefore carry no nonce, and draws icons that its styles write as `data:` addresses;
 * nothing comes from another host. It reads the document, and "Try it out" calls the endpoints, of this server alone.
 */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>REST API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${pagePath}/viewer.css">
</head>
<body>
<div id="viewer"></div>
<script src="${pagePath}/viewer.js"></script>
<script src="${pagePath}/start.js"></script>
</body>
</html>
`;

// The validator that the viewer would ask is on another host.
const start = `SwaggerUIBundle({ url: '${documentPath}', dom_id: '#viewer', deepLinking: true, validatorUrl: null });\n`;

const require = createRequire(import.meta.url);
const script = require.resolve('swagger-ui-dist/swagger-ui-bundle.js');
const styles = require.resolve('swagger-ui-dist/swagger-ui.css');

/** `GET /v1/openapi.json`, the description of the REST door, and `GET /v1/docs`, a page that shows it without the internet. */
export function docsRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const description = JSON.stringify(describeDoor(endpoints, deps.payments.publicUrl));
  const routes = new Hono<HttpEnv>();
  const serve = (path: string, type: string, read: () => string | Promise<string>): void => {
    routes.get(path, async (c: HttpContext) => {
      const limited = await deps.limits.ofAddress(c.env?.incoming);
      if (limited) return answerRestRefusal(c, limited);
      const headers = { 'content-type': `${type}; charset=UTF-8`, 'cache-control': 'no-cache' };
      return c.body(await read(), 200, { ...headers, 'content-security-policy': policy });
    });
  };
  serve(documentPath, 'application/json', () => description);
  serve(pagePath, 'text/html', () => page);
  serve(`${pagePath}/start.js`, 'text/javascript', () => start);
  serve(`${pagePath}/viewer.js`, 'text/javascript', () => readFile(script, 'utf8'));
  serve(`${pagePath}/viewer.css`, 'text/css', () => readFile(styles, 'utf8'));
  return routes;
}
