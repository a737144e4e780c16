import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isGroupAlive, isProcessAlive } from '../../daemon/platform/process.ts';
import type { EngineWork } from '../../daemon/protocol/engine.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

const program = (script: string, env: Record<string, string> = {}): EngineWork => ({
  type: 'command',
  program: process.execPath,
  args: ['-e', script],
  cwd: engine!.folder,
  env,
});

const lines = (path: string) =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

describe('the engine process', () => {
  it('answers each attempt with one end, many at once', async () => {
    engine = await startEngine();
    const ids = Array.from({ length: 200 }, (_, index) => `noop-${index}`);
    for (const id of ids) engine.run(id, { type: 'noop' });
    const outcomes = await Promise.all(ids.map((id) => engine!.ended(id)));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'completed'));
    expect(engine.messages.filter(({ type }) => type === 'ended')).toHaveLength(ids.length);
    expect(existsSync(join(engine.folder, 'scratch', 'noop-0'))).toBe(false);
  });

  it('drops messages it does not understand and goes on', async () => {
    engine = await startEngine();
    engine.send({ type: 'run', attempt_id: 7 });
    engine.send({ type: 'nonsense' });
    engine.send({ type: 'cancel', attempt_id: 'nobody', reason: 'cancel' });
    engine.run('a', { type: 'noop' });
    expect((await engine.ended('a')).outcome).toBe('completed');
    engine.send({ type: 'run', attempt_id: 'half' });
    expect(await engine.ended('half')).toMatchObject({ outcome: 'failed', error: { code: 'bad_message' } });
  });

  it('fails an attempt with kind, code and hint, and goes on', async () => {
    engine = await startEngine();
    const missing = {
      name: 'nowhere',
      definition: { type: 'duckdb' as const, path: join(engine.folder, 'no.duckdb') },
    };
    engine.run('bad', {
      type: 'metadata_extraction',
      source: missing,
      row_counts: 'none',
      profile: false,
    });
    expect(await engine.ended('bad')).toMatchObject({
      outcome: 'failed',
      error: {
        kind: 'definition',
        code: 'no_such_file',
        message: expect.stringContaining('nowhere') as string,
      },
    });
    engine.run('good', { type: 'noop' });
    expect((await engine.ended('good')).outcome).toBe('completed');
  });

  it('probes connections', async () => {
    engine = await startEngine();
    mkdirSync(join(engine.folder, 'files'));
    const definition = { type: 'files' as const, path: join(engine.folder, 'files') };
    engine.send({ type: 'probe', probe_id: '1', connection: { name: 'f', definition } });
    expect(await engine.until('probed', ({ probe_id }) => probe_id === '1')).toMatchObject({
      ok: true,
      system: 'files',
    });
    const wrong = { ...definition, path: join(engine.folder, 'nowhere') };
    engine.send({ type: 'probe', probe_id: '2', connection: { name: 'f', definition: wrong } });
    expect(await engine.until('probed', ({ probe_id }) => probe_id === '2')).toMatchObject({
      ok: false,
      error: { kind: 'definition', code: 'no_such_folder' },
    });
  });

  it('ends its programs and itself when its parent is gone', async () => {
    engine = await startEngine();
    engine.run('long', program('setInterval(() => {}, 1000)'));
    const { pid } = await engine.until('child');
    const exited = new Promise((resolve) => engine!.child.once('exit', resolve));
    engine.child.disconnect();
    await exited;
    expect(isProcessAlive(pid)).toBe(false);
  });

  it('loads no database driver for a command', async () => {
    engine = await startEngine();
    engine.run('c', program('0'));
    expect((await engine.ended('c')).outcome).toBe('completed');
    const maps = readFileSync(`/proc/${engine.child.pid}/maps`, 'utf8');
    expect(maps).not.toMatch(/duckdb/);
  });
});

describe('command', () => {
  it('passes arguments without a shell, the folder and the environment, and keeps what is printed', async () => {
    engine = await startEngine();
    engine.run('c', {
      type: 'command',
      program: process.execPath,
      args: [
        '-e',
        'console.log(process.argv[1], process.env.GREETING, process.cwd()); console.error("err")',
        '$HOME; *',
      ],
      cwd: engine.folder,
      env: { GREETING: 'hello world' },
    });
    const outcome = await engine.ended('c');
    expect(outcome).toMatchObject({
      outcome: 'completed',
      result: { type: 'command', exit_code: 0, log_truncated: false },
    });
    const [log] = outcome.artifacts;
    expect(log).toMatchObject({ kind: 'log', content_type: 'text/plain' });
    const text = readFileSync(log!.path, 'utf8');
    expect(text).toContain(`$HOME; * hello world ${engine.folder}`);
    expect(text).toContain('err');
    expect(log!.bytes).toBe(Buffer.byteLength(text));
  });

  it('keeps no secret of what is printed, on either stream and torn between two writes', async () => {
    engine = await startEngine();
    const work = program(
      'const pw = process.env.PW; console.error(`err ${pw}`); process.stdout.write(`out ${pw} ${pw.slice(0, 5)}`, () => setTimeout(() => console.log(pw.slice(5)), 50))',
      { PW: 'pa$$ "wörd"' },
    );
    engine.run('c', { ...work, hidden_values: ['pa$$ "wörd"'] } as EngineWork);
    const outcome = await engine.ended('c');
    expect(outcome.outcome).toBe('completed');
    const lines = readFileSync(outcome.artifacts[0]!.path, 'utf8').split(/(?=err)|\n/);
    expect(lines.join('|')).not.toContain('wörd');
    expect(lines.join(' ')).toContain('out [secret] [secret]');
    expect(lines.join(' ')).toContain('err [secret]');
  });

  it('fails with the exit code, and with the signal that ended the program', async () => {
    engine = await startEngine();
    engine.run('three', program('process.exit(3)'));
    expect(await engine.ended('three')).toMatchObject({
      outcome: 'failed',
      error: { kind: 'internal', code: 'exit_code', details: { exit_code: 3 } },
      result: { exit_code: 3 },
    });
    engine.run('killed', program('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)'));
    expect(await engine.ended('killed')).toMatchObject({
      outcome: 'failed',
      error: { code: 'killed_by_signal' },
      result: { exit_code: null, signal: 'SIGKILL' },
    });
  });

  it('tells a program that is not there from one that may not run and a missing folder', async () => {
    engine = await startEngine();
    const work = program('0') as Extract<EngineWork, { type: 'command' }>;
    writeFileSync(join(engine.folder, 'plain.txt'), 'no program');
    engine.run('none', { ...work, program: 'no-such-program-anywhere' });
    expect(await engine.ended('none')).toMatchObject({
      error: { kind: 'definition', code: 'no_such_program' },
    });
    engine.run('plain', { ...work, program: join(engine.folder, 'plain.txt') });
    expect(await engine.ended('plain')).toMatchObject({
      error: { kind: 'permission', code: 'not_executable' },
    });
    engine.run('folder', { ...work, cwd: join(engine.folder, 'gone') });
    expect(await engine.ended('folder')).toMatchObject({
      error: { kind: 'definition', code: 'no_such_folder' },
    });
  });

  it('cuts the middle out of a long log and says so', async () => {
    engine = await startEngine();
    engine.run(
      'c',
      program('process.stdout.write("first\\n" + "x".repeat(12 * 1024 * 1024) + "\\nlast\\n")'),
    );
    const outcome = await engine.ended('c');
    expect(outcome).toMatchObject({ outcome: 'completed', result: { log_truncated: true } });
    const text = readFileSync(outcome.artifacts[0]!.path, 'utf8');
    expect(text.startsWith('first\n')).toBe(true);
    expect(text.endsWith('\nlast\n')).toBe(true);
    expect(text).toMatch(/\n… \d+ bytes left out …\n/);
    expect(Buffer.byteLength(text)).toBeLessThan(10 * 1024 * 1024 + 100);
  });

  // The program and its child both ignore SIGTERM: only SIGKILL to the group ends them.
  const stubborn = `
    const { spawn } = require('node:child_process');
    const { appendFileSync } = require('node:fs');
    process.on('SIGTERM', () => {});
    const grandchild = "process.on('SIGTERM', () => {}); require('node:fs').appendFileSync(process.env.PIDS, process.pid + '\\\\n'); setInterval(() => {}, 1000)";
    spawn(process.execPath, ['-e', grandchild], { stdio: 'inherit' });
    appendFileSync(process.env.PIDS, process.pid + '\\n');
    setInterval(() => {}, 1000);`;

  it.each([
    ['cancel', { outcome: 'cancelled' }],
    ['timeout', { outcome: 'failed', error: { kind: 'timeout' } }],
  ] as const)(
    'ends a program that ignores SIGTERM, grandchild included, before it says %s',
    async (reason, expected) => {
      engine = await startEngine();
      const pids = join(engine.folder, 'pids');
      engine.run('c', program(stubborn, { PIDS: pids }));
      await expect.poll(() => lines(pids).length, { timeout: 20_000 }).toBe(2);
      const { pid, started_ticks } = await engine.until('child');
      expect(started_ticks).not.toBe('');
      engine.send({ type: 'cancel', attempt_id: 'c', reason });
      expect(await engine.ended('c')).toMatchObject(expected);
      expect(lines(pids).map(Number).filter(isProcessAlive)).toEqual([]);
      expect(isGroupAlive(pid)).toBe(false);
    },
  );

  it('ends what a program left behind in its group', async () => {
    engine = await startEngine();
    const pids = join(engine.folder, 'pids');
    const script = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      require('node:fs').writeFileSync(process.env.PIDS, String(child.pid)); process.exit(0);`;
    engine.run('c', program(script, { PIDS: pids }));
    expect(await engine.ended('c')).toMatchObject({ outcome: 'completed' });
    expect(lines(pids).map(Number).filter(isProcessAlive)).toEqual([]);
    expect(await engine.until('log')).toMatchObject({ level: 'warn' });
  });
});
