import type { ConnectionType } from '../../../protocol/files/connections.ts';
import { EngineError } from '../../errors.ts';
import type { OpenTarget } from './target.ts';

/** Where generation can write, by type of connection; loaded when first needed. */
const targets: Readonly<Partial<Record<ConnectionType, () => Promise<OpenTarget>>>> = {
  duckdb: async () => (await import('./duckdb.ts')).openDuckdbTarget,
  files: async () => (await import('./files.ts')).openFilesTarget,
};

/** Without a connection the files go among the artifacts of the job. */
export const openTarget: OpenTarget = async (connection, context) => {
  const type = connection?.definition.type ?? 'files';
  const open = await targets[type]?.();
  if (!open) throw new EngineError('definition', 'not_built', `generation into ${type} is not built yet`);
  return open(connection, context);
};
