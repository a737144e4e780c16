import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProcessAlive } from '../../daemon/platform/process.ts';
import type { EngineRun } from '../../daemon/protocol/engine.ts';
import type { AttemptHooks } from '../../daemon/server/executor/engine.ts';
import { EngineProcess } from '../../daemon/server/executor/engineProcess.ts';

const engines = join(import.meta.dirname, '..', 'fixtures', 'engines');

describe('the engine as a child process', () => {
  let dataDir: string;
  let engine: EngineProcess;
  const open = (script: string, options: { cancelGraceMs?: number } = {}): EngineProcess =>
    new EngineProcess({
      enginePath: join(engines, script),
      dataDir,
      memoryLimitMb: 256,
      threads: 1,
      log: () => undefined,
      ...options,
    });

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'ombudsman-engine-'));
    engine = open('obedient.mjs', { cancelGraceMs: 100 });
  });
  afterEach(async () => {
    await engine.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  let count = 0;
  const request = (program: string): EngineRun => ({
    type: 'run',
    attempt_id: `job/op/${++count}`,
    job_id: 'job',
    operation_id: 'op-0001',
    work: { type: 'command', program, args: [], cwd: '/', env: {} },
    artifact_dir: dataDir,
    scratch_dir: dataDir,
  });
  const hooks = (parts: Partial<AttemptHooks> = {}): AttemptHooks => ({
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onLog: () => undefined,
    onChild: () => undefined,
    ...parts,
  });
  const whenProgress = (signal: AbortSignal): { run: Promise<unknown>; begun: Promise<void> } => {
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    return { run: engine.run(request('wait'), hooks({ signal, onProgress: () => begin() })), begun };
  };

  it('starts the process at the first attempt and reuses it', async () => {
    expect(engine.status()).toMatchObject({ pid: null, state: 'idle' });
    expect(await engine.run(request('ok'), hooks())).toMatchObject({ outcome: 'completed' });
    const { pid } = engine.status();
    expect(await engine.run(request('ok'), hooks())).toMatchObject({ outcome: 'completed' });
    expect(engine.status().pid).toBe(pid);
  });

  it('answers who asks for rows, also when it dies over it: then with the reason', async () => {
    const ask = (path: string) =>
      engine.readRows({ path, query: { limit: 1, offset: 0 }, scratch_dir: dataDir });
    const [answered, lost] = await Promise.all([ask('/rows'), ask('/die')]);
    expect(answered).toMatchObject({ found: { rows: [], total: 7 } });
    expect(lost.found).toBeUndefined();
    expect(lost.error).toMatchObject({ kind: 'interrupted', code: 'engine_died' });
    expect(await ask('/rows')).toMatchObject({ found: { total: 7 } });
    await engine.stop();
    expect((await ask('/rows')).error).toMatchObject({ code: 'engine_start_failed' });
  });

  it('loses only attempts in flight when it dies, and a new one serves the next', async () => {
    const [died, victim] = await Promise.all([
      engine.run(request('die'), hooks()),
      engine.run(request('wait'), hooks()),
    ]);
    for (const outcome of [died, victim]) {
      expect(outcome).toMatchObject({
        outcome: 'failed',
        error: { kind: 'interrupted', code: 'engine_died' },
      });
    }
    expect(await engine.run(request('ok'), hooks())).toMatchObject({ outcome: 'completed' });
    expect(engine.status().restarts).toBe(1);
  });

  it('passes a cancel on and settles when the engine says that the work is dead', async () => {
    const abort = new AbortController();
    const { run, begun } = whenProgress(abort.signal);
    await begun;
    abort.abort('cancel');
    expect(await run).toMatchObject({ outcome: 'cancelled' });
    expect(engine.status().restarts).toBe(0);
  });

  it('kills an engine that does not end an attempt within its grace, and says timeout for a timeout', async () => {
    const abort = new AbortController();
    const { run, begun } = whenProgress(abort.signal);
    await begun;
    abort.abort('timeout'); // The fixture obeys a cancel only.
    expect(await run).toMatchObject({ outcome: 'failed', error: { kind: 'timeout' } });
    expect(engine.status().restarts).toBe(1);
  });

  it('does not start an attempt that was cancelled before', async () => {
    expect(await engine.run(request('ok'), hooks({ signal: AbortSignal.abort('cancel') }))).toMatchObject({
      outcome: 'cancelled',
    });
    expect(engine.status().pid).toBeNull();
  });

  it('ends the programs a dead engine left before it settles their attempts', async () => {
    let pid = 0;
    const run = engine.run(
      request('child'),
      hooks({
        onChild: (child) => (pid = child),
        onLog: () => process.kill(engine.status().pid!, 'SIGKILL'),
      }),
    );
    expect(await run).toMatchObject({ outcome: 'failed', error: { kind: 'interrupted' } });
    expect(pid).toBeGreaterThan(0);
    expect(isProcessAlive(pid)).toBe(false);
  });

  it('ends the engine an earlier daemon left behind, and no other process', async () => {
    await engine.run(request('ok'), hooks());
    const left = engine.status().pid!;
    expect((JSON.parse(readFileSync(join(dataDir, 'engine.json'), 'utf8')) as { pid: number }).pid).toBe(
      left,
    );
    const next = open('obedient.mjs');
    await next.reapPrevious();
    expect(isProcessAlive(left)).toBe(false);
    await next.reapPrevious();
    await next.stop();
  });

  it('answers an engine that cannot start, and goes on', async () => {
    const broken = open('broken.mjs');
    expect(await broken.run(request('ok'), hooks())).toMatchObject({
      outcome: 'failed',
      error: { code: 'engine_start_failed' },
    });
    expect(await broken.run(request('ok'), hooks())).toMatchObject({
      outcome: 'failed',
      error: { code: 'engine_start_failed' },
    });
    await broken.stop();
  });

  it('passes over a message of an unknown shape', async () => {
    expect(await engine.run(request('nonsense'), hooks())).toMatchObject({ outcome: 'completed' });
  });

  it('probes a connection', async () => {
    const probed = await engine.probe({ name: 'x', definition: { type: 'duckdb', path: '/x' } });
    expect(probed).toMatchObject({ ok: true, system: 'test' });
  });
});
