import { resolve } from 'node:path';
import type { PipelineSpec } from '../protocol/files/pipeline.ts';

/** The pipeline with the files that its checks name as absolute paths: they are written relative to the project's folder. */
export function withAbsoluteBaselines(spec: PipelineSpec, projectDir: string): PipelineSpec {
  if (spec.checks.every(({ params }) => typeof params.baseline !== 'string')) return spec;
  return {
    ...spec,
    checks: spec.checks.map((check) =>
      typeof check.params.baseline === 'string'
        ? { ...check, params: { ...check.params, baseline: resolve(projectDir, check.params.baseline) } }
        : check,
    ),
  };
}
