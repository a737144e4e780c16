import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isProcessAlive } from '../../daemon/platform/process.ts';
import { attemptVariable, endMarkedPrograms } from '../../daemon/server/executor/leftovers.ts';

it('ends programs by the mark of their attempt, with what they started, and no others (where the system tells: Linux)', async () => {
  const script = 'setsid sleep 600 & echo $!; wait';
  const start = async (attempt: string): Promise<{ pids: number[]; end: () => void }> => {
    const child = spawn('/bin/sh', ['-c', script], {
      env: { ...process.env, [attemptVariable]: attempt },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pids = [child.pid!, Number(line.toString('utf8').trim())];
    return { pids, end: () => pids.filter(isProcessAlive).forEach((pid) => process.kill(pid, 'SIGKILL')) };
  };
  const mine = await start('job/op-0001/1');
  const other = await start('job/op-0001/11');
  try {
    await endMarkedPrograms(new Set(['job/op-0001/1']));
    const isTold = process.platform === 'linux';
    expect(mine.pids.map(isProcessAlive)).toEqual([!isTold, !isTold]);
    expect(other.pids.map(isProcessAlive)).toEqual([true, true]);
  } finally {
    other.end();
    mine.end();
  }
});
