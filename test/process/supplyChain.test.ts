import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let close: (() => void) | undefined;
afterEach(() => close?.());

/** Runs the check against a registry of our own. */
async function check(listener: RequestListener): Promise<{ code: number | null; output: string }> {
  const server = createServer(listener);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['tools/supplyChain.mjs'], {
    cwd: root,
    env: { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/` },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((done) => void child.on('close', done));
  return { code, output };
}

/** A registry that knows one advisory, and nothing else. */
const knowing =
  (name: string): RequestListener =>
  (request, response) => {
    if (!request.url?.endsWith('/bulk')) return void response.writeHead(404).end('{}');
    const advisory = { id: 1, url: 'https://advisories.test/1', title: 'Reads too much', severity: 'high' };
    const versions = { vulnerable_versions: '<9999', cwe: [], cvss: { score: 7, vectorString: null } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ [name]: [{ ...advisory, ...versions }] }));
  };

it('an advisory for what users get is a failure', async () => {
  const { code, output } = await check(knowing('ws'));
  expect(output).toMatch(/^ws <9999: Reads too much \(high\), https:\/\/advisories.test\/1$/m);
  expect(code).toBe(1);
});

it('an advisory for a tool is told', async () => {
  const { code, output } = await check(knowing('vitest'));
  expect(output).toContain('Advisory for a tool, which users do not get: vitest <9999');
  expect([code, output]).toEqual([0, expect.stringContaining('0 problems')]);
});

it('a registry that does not answer is said, and no failure', async () => {
  const { code, output } = await check((_request, response) => void response.writeHead(405).end());
  expect(output).toMatch(/Advisories were NOT checked: the registry does not answer that \(405/);
  expect(code).toBe(0);
});
