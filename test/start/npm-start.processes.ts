import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';

const ready = 'Bramka is ready: ';

it('`npm start` that is told to stop takes the gateway with it', async () => {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'bramka-npm-'));
  const settings = { PORT: '0', LOG_LEVEL: 'silent', BRAMKA_DATA_DIR: dataDir, DATABASE_URL: database.url };
  // In a group of its own, so that whatever is left of it can be ended.
  const npm = spawn('npm', ['start', '--silent'], { env: { ...process.env, ...settings }, detached: true });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(npm.stdout).on('line', (line) => line.startsWith(ready) && resolve(line.slice(ready.length)));
      npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}.`)));
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    npm.kill('SIGTERM');
    // Its output ends when the last process that holds it has ended.
    await once(npm.stdout, 'close');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  } finally {
    try {
      process.kill(-(npm.pid as number), 'SIGKILL');
    } catch {
      // Nothing is left of it, as it should be.
    }
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
