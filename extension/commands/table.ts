import { cancelJob } from './cancelJob.ts';
import { checkConnections } from './checkConnections.ts';
import { clearFilter } from './clearFilter.ts';
import { clearFinished } from './clearFinished.ts';
import type { Command } from './command.ts';
import { copyJobId } from './copyJobId.ts';
import { copyName } from './copyName.ts';
import { createPipeline } from './createPipeline.ts';
import { createPipelines } from './createPipelines.ts';
import { deleteJob } from './deleteJob.ts';
import { doctor } from './doctor.ts';
import { dryRunBatchFile } from './dryRunBatchFile.ts';
import { exportJob } from './exportJob.ts';
import { extractMetadata } from './extractMetadata.ts';
import { filterJobs } from './filterJobs.ts';
import { filterTables } from './filterTables.ts';
import { generateData } from './generateData.ts';
import { init } from './init.ts';
import { openDashboard } from './openDashboard.ts';
import { openDefinition } from './openDefinition.ts';
import { openWalkthrough } from './openWalkthrough.ts';
import { pauseJob } from './pauseJob.ts';
import { refresh } from './refresh.ts';
import { removeSecret } from './removeSecret.ts';
import { restartDaemon } from './restartDaemon.ts';
import { resumeJob } from './resumeJob.ts';
import { retryFailed } from './retryFailed.ts';
import { retryOperation } from './retryOperation.ts';
import { runAgain } from './runAgain.ts';
import { runBatchFile } from './runBatchFile.ts';
import { runPipeline } from './runPipeline.ts';
import { runPipelines } from './runPipelines.ts';
import { setSecret } from './setSecret.ts';
import { showDaemonLog } from './showDaemonLog.ts';
import { showDifferences } from './showDifferences.ts';
import { showFailures } from './showFailures.ts';
import { showJob } from './showJob.ts';
import { showJobLog } from './showJobLog.ts';
import { showLog } from './showLog.ts';
import { showMore } from './showMore.ts';
import { showOperation } from './showOperation.ts';
import { stopDaemon } from './stopDaemon.ts';
import { validateProjects } from './validateProjects.ts';

/** Every command of the manifest, in its order. */
export const commands: readonly Command[] = [
  runBatchFile,
  dryRunBatchFile,
  runPipelines,
  runPipeline,
  generateData,
  extractMetadata,
  validateProjects,
  cancelJob,
  pauseJob,
  resumeJob,
  retryFailed,
  retryOperation,
  runAgain,
  deleteJob,
  clearFinished,
  exportJob,
  showJob,
  showFailures,
  showOperation,
  showJobLog,
  showDifferences,
  openDefinition,
  copyJobId,
  openDashboard,
  filterJobs,
  clearFilter,
  refresh,
  showMore,
  checkConnections,
  createPipelines,
  createPipeline,
  filterTables,
  copyName,
  setSecret,
  removeSecret,
  init,
  restartDaemon,
  stopDaemon,
  showDaemonLog,
  showLog,
  doctor,
  openWalkthrough,
];
