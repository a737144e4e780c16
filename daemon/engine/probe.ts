import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FromEngine, ResolvedConnection } from '../protocol/engine.ts';
import { openConnection } from './connections/registry.ts';
import { toOperationError } from './errors.ts';

/** Opens a connection, asks who answers, closes it. Never throws: what went wrong stands in the answer. */
export async function probe(probeId: string, connection: ResolvedConnection): Promise<FromEngine> {
  const scratchDir = join(tmpdir(), `ombudsman-probe-${randomUUID()}`, 'scratch');
  const context = { signal: new AbortController().signal, scratchDir, readOnly: true };
  try {
    const opened = await openConnection(connection.name, connection.definition, context);
    try {
      const { system, version } = await opened.system();
      return { type: 'probed', probe_id: probeId, ok: true, system, version };
    } finally {
      await opened.close();
    }
  } catch (error) {
    return { type: 'probed', probe_id: probeId, ok: false, error: toOperationError(error) };
  } finally {
    await rm(join(scratchDir, '..'), { recursive: true, force: true });
  }
}
