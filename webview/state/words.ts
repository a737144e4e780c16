import type { JobStatus, JobType, OperationStatus, OperationType } from '../../daemon/protocol/entities.ts';
import type { CheckStatus } from '../../daemon/protocol/results.ts';
import type { Tab } from '../protocol/messages.ts';

export const tabTitles: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  active: 'Active Jobs',
  history: 'History',
  pipelines: 'Bulk Pipelines',
  generation: 'Data Generation',
  metadata: 'Metadata',
  projects: 'Projects',
};

export const jobTypeWords: Readonly<Record<JobType, string>> = {
  bulk_pipeline_execution: 'Bulk pipelines',
  batch_data_generation: 'Data generation',
  multi_project_validation: 'Projects',
  bulk_metadata_extraction: 'Metadata',
  mixed: 'Mixed',
};

export const operationTypeWords: Readonly<Record<OperationType, string>> = {
  pipeline: 'Pipeline',
  data_generation: 'Data generation',
  project_validation: 'Project validation',
  metadata_extraction: 'Metadata extraction',
  command: 'Command',
};

export type AnyStatus = JobStatus | OperationStatus | CheckStatus | 'cancelling';

export const statusWords: Readonly<Record<AnyStatus, string>> = {
  pending: 'Pending',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  partial_success: 'Partial success',
  failed: 'Failed',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
  passed: 'Passed',
  warning: 'Warning',
  error: 'Error',
  cancelling: 'Cancelling',
};

/** What a status is drawn as; the icon and the words say it, the colour only helps. */
export type Tone = 'good' | 'bad' | 'warn' | 'live' | 'quiet';
export const statusTones: Readonly<Record<AnyStatus, Tone>> = {
  pending: 'quiet',
  running: 'live',
  paused: 'warn',
  completed: 'good',
  partial_success: 'warn',
  failed: 'bad',
  cancelled: 'quiet',
  skipped: 'quiet',
  passed: 'good',
  warning: 'warn',
  error: 'bad',
  cancelling: 'warn',
};
