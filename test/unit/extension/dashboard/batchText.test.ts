import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromFolder } from '../../../../extension/dashboard/batchText.ts';

const at = (...parts: string[]) => join(sep, 'data', ...parts);

describe('a batch file', () => {
  const projectsIn = (folder: string, ...projects: unknown[]) =>
    fromFolder(
      { job_name: 'x', projects: projects.map((project) => ({ project, pipeline_ids: ['a'] })) },
      folder,
    );

  it.each([
    ['beside it', at('batches'), at('finance'), '../finance'],
    ['below', at(), at('finance', 'gl'), 'finance/gl'],
    ['the folder itself', at('finance'), at('finance'), '.'],
    ['above', at('finance', 'batches'), at('finance'), '..'],
  ])('names a project %s by its path from the file', (_where, folder, project, expected) => {
    const { projects } = projectsIn(folder, project);
    expect(projects).toEqual([{ project: expected, pipeline_ids: ['a'] }]);
    // What the daemon reads it as.
    expect(join(folder, expected)).toBe(project);
  });

  it('leaves names of projects, and all that is no project, as they are', () => {
    expect(projectsIn(at(), 'finance').projects).toEqual([{ project: 'finance', pipeline_ids: ['a'] }]);
    const definition = { job_name: 'x', pipelines: [{ pipeline_id: '/abs' }] };
    expect(fromFolder(definition, at())).toEqual(definition);
    expect(fromFolder({ projects: 'wrong' }, at())).toEqual({ projects: 'wrong' });
  });
});
