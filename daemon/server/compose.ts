import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { FileReader } from '../definitions/reader.ts';
import { environmentVariable, type ServerConfig } from './config.ts';
import { EngineProcess } from './executor/engineProcess.ts';
import { createJobService } from './jobs/jobService.ts';
import type { JobService } from './jobs/service.ts';
import { redact, registerSecret, type Logger } from './log.ts';
import { createFileStore } from './storage/fileStore.ts';
import { createProjectRegistry } from './storage/projects.ts';

/** The reader of the disk, loaded at the first use: its glob library is a tenth of an idle daemon. */
const lazyReader: FileReader = {
  readText: async (path) => (await import('../platform/nodeReader.ts')).nodeReader.readText(path),
  glob: async (dir, patterns) => (await import('../platform/nodeReader.ts')).nodeReader.glob(dir, patterns),
};

/** Puts store, engine and jobs together. `bundleDir` is where engine.mjs lies. The data directory must be ours already. */
export async function composeService(
  config: ServerConfig,
  bundleDir: string,
  log: Logger,
): Promise<JobService> {
  const { dataDir } = config;
  const onNotice = ({ path, message }: { path: string; message: string }) => log.warn(message, { path });
  const projects = await createProjectRegistry({ dataDir, onNotice });
  const service = createJobService({
    store: createFileStore({ dataDir, onNotice }),
    projects,
    engine: new EngineProcess({
      enginePath: join(bundleDir, 'engine.mjs'),
      dataDir,
      memoryLimitMb: config.engineMemoryLimitMb,
      threads: availableParallelism(),
      log: (level, message) => log[level](message),
    }),
    reader: lazyReader,
    dataDir,
    maxParallel: config.maxParallel,
    environment: environmentVariable,
    registerSecret,
    redact,
    log,
  });
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await projects.close();
    },
  };
}
