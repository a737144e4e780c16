import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileLog, redact, registerSecret } from '../../../daemon/server/log.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-log-'));
  path = join(dir, 'logs', 'daemon.log');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lines = (file = path) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('writes one JSON object a line, from its level on', () => {
    const log = createFileLog({ path, level: 'info' });
    log.debug('not this');
    log.info('two\nlines', { port: 1, nested: { a: 1 } });
    log.error('failed', { error: new TypeError('why') });
    expect(lines()).toMatchObject([
      { level: 'info', message: 'two\nlines', port: 1, nested: '{"a":1}', pid: process.pid },
      { level: 'error', error: expect.stringContaining('TypeError: why') as string },
    ]);
  });

  it('never holds a registered secret, in a message, a field, a nested value or a stack', () => {
    registerSecret('p4ss"w\\rd');
    const log = createFileLog({ path, level: 'info' });
    log.info('login p4ss"w\\rd', {
      a: 'p4ss"w\\rd',
      b: new Error('with p4ss"w\\rd'),
      c: { d: ['p4ss"w\\rd'] },
    });
    const text = readFileSync(path, 'utf8');
    expect(text.match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(4);
    expect(text).not.toContain('p4ss');
  });

  it('hides a secret that holds another one whole', () => {
    registerSecret('inner-value');
    registerSecret('outer-inner-value-outer');
    expect(redact('x outer-inner-value-outer y inner-value')).toBe('x [secret] y [secret]');
  });

  it('rotates by size and keeps so many', () => {
    const log = createFileLog({ path, level: 'info', maxBytes: 500, keep: 2 });
    for (let line = 0; line < 40; line += 1) log.info(`line ${line}`);
    expect(readdirSync(join(dir, 'logs')).sort()).toEqual(['daemon.log', 'daemon.log.1', 'daemon.log.2']);
    expect(lines().at(-1)).toMatchObject({ message: 'line 39' });
    const order = [`${path}.2`, `${path}.1`, path].flatMap((file) =>
      lines(file).map(({ message }) => message),
    );
    expect(order).toEqual([...order].sort((a, b) => Number(String(a).slice(5)) - Number(String(b).slice(5))));
  });

  it('goes on in a new file when its file was deleted', () => {
    const log = createFileLog({ path, level: 'info' });
    log.info('one');
    rmSync(path);
    log.info('two');
    expect(lines()).toMatchObject([{ message: 'two' }]);
  });

  it('writes elsewhere, and does not throw, when its folder is gone', () => {
    const elsewhere: string[] = [];
    const log = createFileLog({ path, level: 'info', fallback: (line) => elsewhere.push(line) });
    rmSync(dir, { recursive: true });
    log.info('still heard');
    expect(elsewhere.join('')).toContain('still heard');
    expect(existsSync(dir)).toBe(false);
  });
});
