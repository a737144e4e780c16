import * as z from 'zod';
import { durationSchema, maxParallelSchema, nameSchema } from '../primitives.ts';
import { connectionSchema } from './connections.ts';

export const projectFileSchema = z.strictObject({
  name: nameSchema.describe('The project_id.'),
  description: z.string().optional().describe('What the project is for, for its readers.'),
  connections: z.record(nameSchema, connectionSchema).describe('Databases and folders of files, by name.'),
  pipelines: z
    .array(z.string().min(1))
    .default(['pipelines/**/*.pipeline.yaml'])
    .describe('Globs of pipeline files, relative to this file.'),
  defaults: z
    .strictObject({
      max_parallel: maxParallelSchema
        .optional()
        .describe('Operations of a job at once, where its batch does not say.'),
      timeout: durationSchema.optional().describe('For each operation, where the batch does not say.'),
    })
    .optional()
    .describe('What holds for every batch of the project that does not say otherwise.'),
});
export type ProjectFile = z.infer<typeof projectFileSchema>;
