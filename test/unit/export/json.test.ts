import { expect, it } from 'vitest';
import { exportJob } from '../../../daemon/server/jobs/export/exportJob.ts';
import { failedCheck, pipelineResult, sampleJob, sampleOperation } from './sampleJob.ts';

it('json export is the job and its operations as the API tells them', async () => {
  const operations = [
    sampleOperation({ name: '\u202E</script>\n😀', result: pipelineResult([failedCheck]), status: 'failed' }),
    sampleOperation({ index: 1 }),
  ];
  const { content_type, content } = await exportJob('json', sampleJob(), operations);
  expect(content_type).toBe('application/json');
  expect(JSON.parse(content)).toEqual({ job: sampleJob(), operations });
});
